"""A reboot takes what only memory held: unfinished chats, and nothing that has a receipt."""

import pytest

from relay.simulator.client import call
from tests.journeys.town import PATIENCE_S, PHOTO, SEND, Town, receipts, words
from tests.waiting import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]
HELD_S = 6.0


def reboot(town: Town) -> None:
    """The relay loses its power and comes up again."""
    town.world.reboot_relay()
    town.world.configure("relay", undo_s=0.0)
    town.heal()


def test_a_report_with_a_receipt_survives_a_reboot_before_its_release(town: Town) -> None:
    town.settle()
    known, place = len(town.kept()), town.place()
    town.restart("relay-intake", undo_s=HELD_S)
    town.tell(place, PHOTO)
    reboot(town)
    assert len(town.relay("select 1 from held")) == 1
    town.settle()
    (report,) = town.kept()[known:]
    assert (report.place, report.photos) == (place, (PHOTO,))


def test_an_unfinished_chat_is_forfeited_and_begins_anew(town: Town) -> None:
    town.settle()
    known, place, phone = len(town.kept()), town.place(), town.phone()
    town.prepare(phone, town.place(), PHOTO)
    reboot(town)
    phone.tap(SEND)  # a button of a chat that nobody remembers
    town.rest()
    assert receipts(phone) == set()
    town.write(phone, (*words(place), SEND))
    town.receipt(phone)
    town.settle()
    (report,) = town.kept()[known:]
    assert (report.place, report.photos) == (place, ())
    assert town.relay("select count(*) from event where state='poisoned'") == [(0,)]


def test_a_photo_on_its_way_does_not_keep_the_relay_from_coming_up(town: Town) -> None:
    town.settle()
    known, place, phone = len(town.kept()), town.place(), town.phone()
    texts = words(place)
    call(town.world.simulator_url, "/sim/switches", {"media_slow_s": PATIENCE_S})
    town.write(phone, texts[: texts.index("आगे")], PHOTO)
    wait_until(lambda: town.relay("select 1 from fetch"), PATIENCE_S, "a photo to fetch")
    reboot(town)
    call(town.world.simulator_url, "/sim/switches", {"media_slow_s": 0.0})
    town.tell(place, PHOTO)
    town.rest()
    town.settle()
    (report,) = town.kept()[known:]
    assert (report.place, report.photos) == (place, (PHOTO,))
