"""Taken back in the window: as if it had never been told. The search finds what was not taken back."""

from pathlib import Path

import pytest

from relay.simulator.client import Phone
from tests.journeys.town import PATIENCE_S, PHOTO, SEND, UNDO, UNDONE, Town, words
from tests.waiting import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]
WINDOW_S = 6.0


def told_and_held(town: Town, place: str) -> tuple[Phone, str, str]:
    """(phone, handle, message id) of a report that waits for its release."""
    phone, texts = town.phone(), (*words(place, what=f"बात {place}"), SEND)
    middle = texts.index("आगे")
    before = {row[0] for row in town.relay("select handle from held")}
    town.write(phone, texts[:middle], PHOTO)
    town.write(phone, texts[middle:])
    town.receipt(phone)
    rows = town.relay("select handle, message_id from held")
    (found,) = [(str(row[0]), str(row[1])) for row in rows if row[0] not in before]
    return phone, *found


def holding(folders: list[Path], needle: str) -> set[str]:
    """Names of the files that hold 32 hex digits, as text or as bytes."""
    forms = (needle.encode(), bytes.fromhex(needle))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.name for path in files if any(form in path.read_bytes() for form in forms)}


def test_what_was_taken_back_leaves_no_trace_at_any_node(town: Town) -> None:
    town.settle()
    known, mine, other = len(town.kept()), town.place(), town.place()
    media = set((town.world.fleet.roots["relay"] / "media").glob("*"))
    town.restart("relay-intake", undo_s=WINDOW_S)
    phone, handle, message_id = told_and_held(town, mine)
    phone.tap(UNDO)
    wait_until(lambda: UNDONE in phone.messages()[-1]["text"], PATIENCE_S, "the word that it is undone")
    phone.tap("सब मिटा दें")
    _, kept_handle, kept_id = told_and_held(town, other)
    town.restart("relay-intake", undo_s=0.0)
    town.settle()  # the other was told later, so its release comes after the time of the first one's

    assert [report.place for report in town.kept()[known:]] == [other]
    for seat in ("ghazipur", "chandauli", "range"):
        assert town.kept(seat=seat) == []
    assert len(set((town.world.fleet.roots["relay"] / "media").glob("*")) - media) == 1
    nodes = list(town.world.fleet.roots.values())
    broker = town.world.fleet.state / "broker"
    assert holding([*nodes, broker], handle) == holding([*nodes, broker], message_id) == set()
    assert {"relay.db", "vault.db", "box.db", "keys.db"} <= {
        name.removesuffix("-wal") for name in holding(nodes, kept_handle)
    }
    assert {"relay.db", "box.db"} <= {name.removesuffix("-wal") for name in holding(nodes, kept_id)}
