"""A search says when it cannot know everything yet."""

import pytest

from appliance import search
from appliance.desk import Desk
from appliance.search import keeping
from tests.appliance.office import body, receive
from tests.webui.world import Visitor

NOTE = "शब्दों की सूची अभी बन रही है"


def test_a_search_tells_that_the_index_is_still_being_made(
    desk: Desk, supervisor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CHEAP", 1)
    serial = receive(desk, body(1, text="अवैध गांजा"))
    assert NOTE in supervisor.text("/cases?text=ganja")
    assert NOTE not in supervisor.text("/cases")
    search.catch_up(desk)
    text = supervisor.text("/cases?text=ganja")
    assert serial in text and NOTE not in text
