"""Doctor on the program that a relay frees voice notes and films with."""

from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import doctor
from tests.provisioning.test_doctor import RELAY, Ill, make


@pytest.mark.parametrize(("is_there", "severity"), [(True, doctor.OK), (False, doctor.WARN)])
def test_a_relay_without_ffmpeg_is_told_so(tmp_path: Path, is_there: bool, severity: str) -> None:
    ill = make(tmp_path, "relay", None, dict(RELAY))
    ill.machine = replace(ill.machine, has_program=lambda name: is_there and name == "ffmpeg")
    assert ill.examine()["ffmpeg"].severity == severity


def test_a_box_needs_none(tmp_path: Path) -> None:
    ill: Ill = make(tmp_path, "district", "JNP", {})
    assert "ffmpeg" not in ill.examine()
