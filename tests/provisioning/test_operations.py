"""The technicians' page names every setting there is."""

from pathlib import Path

import pytest

from appliance import config as box_config
from relay import config as relay_config

PAGE = Path(__file__).parents[2] / "docs" / "OPERATIONS.md"


@pytest.mark.parametrize("setting", sorted(relay_config.KEYS | box_config.KNOWN))
def test_every_setting_is_on_the_page(setting: str) -> None:
    chapter = PAGE.read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    assert f"`{setting}`" in chapter
