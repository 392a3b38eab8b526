"""``kill -9`` between any two writes: nothing with a receipt is lost, nothing comes twice.

Each process dies at a fault point that its configuration names (``sync.faults``), and is started again without it.
"""

import pytest

from tests.journeys.town import PATIENCE_S, PHOTO, SEND, UNDO, UNDONE, Town, receipts, words

pytestmark = [pytest.mark.broker, pytest.mark.slow]


def came_once(town: Town, place: str, known: int) -> tuple[bytes, ...]:
    """The photos of the only report that came since."""
    town.rest()
    town.settle()
    (report,) = town.kept()[known:]
    assert report.place == place
    return report.photos


@pytest.mark.parametrize("point", ["vault-written", "report-written", "step-committed"])
def test_intake_dies_while_a_report_is_sent(town: Town, point: str) -> None:
    town.settle()
    known, place, phone = len(town.kept()), town.place(), town.phone()
    town.prepare(phone, place)
    with town.dying("relay-intake", point):
        phone.tap(SEND)
    town.receipt(phone)
    assert came_once(town, place, known) == ()
    assert len(receipts(phone)) == 1


def test_intake_dies_after_the_first_word(town: Town) -> None:
    town.settle()
    known, place, phone = len(town.kept()), town.place(), town.phone()
    with town.dying("relay-intake", "step-committed"):
        town.write(phone, words(place)[:1])
    town.write(phone, (*words(place)[1:], SEND))
    town.receipt(phone)
    assert came_once(town, place, known) == ()
    assert len(receipts(phone)) == 1


def test_intake_dies_with_a_photo_half_taken(town: Town) -> None:
    town.settle()
    known, place, phone = len(town.kept()), town.place(), town.phone()
    texts = words(place)
    middle = texts.index("आगे")
    with town.dying("relay-intake", "file-written"):
        town.write(phone, texts[:middle], PHOTO)
    town.write(phone, (*texts[middle:], SEND))
    town.receipt(phone)
    assert came_once(town, place, known) == (PHOTO,)
    assert len(receipts(phone)) == 1


def test_intake_dies_while_a_report_is_taken_back(town: Town) -> None:
    town.settle()
    known, phone = len(town.kept()), town.phone()
    town.restart("relay-intake", undo_s=PATIENCE_S)
    town.write(phone, (*words(town.place()), SEND))
    town.receipt(phone)
    with town.dying("relay-intake", "step-committed"):
        phone.tap(UNDO)
    town.restart("relay-intake", undo_s=0.0)
    town.rest()
    town.settle()
    assert town.kept()[known:] == []
    assert any(UNDONE in message["text"] for message in phone.messages())


@pytest.mark.parametrize("point", ["release-written", "released"])
def test_the_relays_link_dies_while_it_releases(town: Town, point: str) -> None:
    town.settle()
    known, place = len(town.kept()), town.place()
    with town.dying("relay-link", point):
        town.tell(place, PHOTO)
    assert came_once(town, place, known) == (PHOTO,)


@pytest.mark.parametrize("point", ["keys-written", "report-stored", "file-here"])
def test_the_boxs_link_dies_while_it_takes_a_report(town: Town, point: str) -> None:
    town.settle()
    known, place = len(town.kept()), town.place()
    with town.dying("jaunpur-link", point):
        town.tell(place, PHOTO)
    assert came_once(town, place, known) == (PHOTO,)
