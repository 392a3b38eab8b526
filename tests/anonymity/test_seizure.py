"""Disks are taken and every key on them is tried: what opens, what does not, and (said openly) what is not defended."""

from dataclasses import replace

import pytest

from sync.clock import DAY_S, HOUR_S
from sync.messages import Contact, Reply, ReportBody
from tests.anonymity.conftest import MakeTown
from tests.anonymity.encodings import forms_of_id, forms_of_number, forms_of_text, search
from tests.anonymity.seized import Seized
from tests.anonymity.stories import Story, Teller, Who, answer_all
from tests.anonymity.town import Town
from tests.anonymity.views import dump

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

ASHA = Who("919812345678", "", "Asha")
HIDDEN = Who("917301298406", "IN.4711082930561742", "Hidden")
STORY = Story(1, "drugs", "no", "push", 1)
RELAY, EPOCHS, BOX, RUN = "relay", "relay-epochs", "jaunpur", "run"
ALL_BUT_EPOCHS, ALL = (RELAY, BOX), (RELAY, BOX, EPOCHS)


def seize(town: Town, *seats: str, captured: bool = False) -> Seized:
    """Copies what lies on the disks of these seats; ``captured``: and all that ever passed the broker."""
    to = town.folder / f"seized{len(list(town.folder.glob('seized*')))}"
    passed = [one.frame for one in town.passed] if captured else []
    return Seized(town.node("relay"), [town.folder / seat for seat in seats], to, passed)


@pytest.fixture
def town(make_town: MakeTown) -> Town:
    """A town in which one report is held."""
    made = make_town("seizure")
    Teller(made, ASHA, STORY).tell()
    return made


@pytest.fixture
def delivered(town: Town) -> Town:
    """The same town after the report came to Jaunpur; its case is open."""
    town.release()
    town.jobs()
    town.pass_time(HOUR_S)
    return town


def test_a_held_report_opens_for_nobody_at_the_relay(town: Town) -> None:
    taken = seize(town, RELAY, EPOCHS, captured=True)
    assert list(taken.envelopes())
    assert [m for m in taken.messages() if isinstance(m, ReportBody | Contact)] == []
    assert taken.senders() == []


def test_a_held_report_names_nobody_with_the_box_but_without_the_epoch_store(town: Town) -> None:
    taken = seize(town, *ALL_BUT_EPOCHS)
    assert [type(m) for m in taken.messages() if isinstance(m, Contact)] == [Contact]
    assert taken.senders() == []


@pytest.mark.parametrize("seats", [(RELAY,), (RELAY, EPOCHS), ALL_BUT_EPOCHS, (BOX, EPOCHS)], ids=" ".join)
def test_a_delivered_report_names_nobody_without_all_three(delivered: Town, seats: tuple[str, ...]) -> None:
    assert seize(delivered, *seats, captured=True).senders() == []


def test_the_contact_part_is_gone_from_the_relay_once_acknowledged(delivered: Town) -> None:
    reports = [e for e in seize(delivered, captured=True).envelopes() if e.header.purpose == "report"]
    body, contact = (next(p.ciphertext for p in reports[0].parts if p.name == n) for n in ("body", "contact"))
    assert search([delivered.root(RELAY)], {contact[:64]: "begin", contact[-64:]: "end"}) == []
    assert search([delivered.root(RELAY)], {body[-64:]: "the body is kept until a backup covers it"})


def test_recorded_answers_stay_shut(delivered: Town) -> None:
    answer_all(delivered)
    delivered.send_replies()
    taken = seize(delivered, RELAY, EPOCHS, RUN, captured=True)
    assert [e.header.purpose for e in taken.envelopes()].count("reply") >= 1
    assert taken.messages() == [] and taken.senders() == []
    # With the key that the link process had in memory they would open.
    assert [m for m in taken.messages(delivered.reply_key) if isinstance(m, Reply)]


def test_the_reply_key_lies_on_no_disk(delivered: Town) -> None:
    raw = delivered.reply_key.raw
    halves = {raw[:64]: "ML-KEM half", raw[64:]: "X25519 half"}
    assert search([delivered.folder / seat for seat in (RELAY, EPOCHS, RUN, BOX)], halves) == []


def test_who_kept_no_way_back_is_named_by_no_disk(make_town: MakeTown) -> None:
    town = make_town("no way back")
    Teller(town, ASHA, Story(5, "drugs", "no", "none", 0)).tell()
    for _ in range(2):
        assert seize(town, *ALL, captured=True).senders() == []
        assert dump(town.vault._conn)["vault"] == []
        town.release()


def test_an_undone_report_leaves_nothing(town: Town) -> None:
    (handle,) = [row[0] for row in dump(town.vault._conn)["vault"]]
    forms = {**forms_of_text(handle), bytes.fromhex(handle): "raw"}
    assert search([town.root(RELAY)], forms)
    undo = next(
        button.id
        for sent in town.relay.whatsapp.sent
        for button in getattr(sent.payload, "buttons", ())
        if button.id.startswith("undo|")
    )
    asha = Teller(town, ASHA, replace(STORY, seed=2))  # another seed: other message ids
    asha.tap(undo)
    asha.tap("v1|undone|erase")
    town.release()
    assert search([town.root(seat) for seat in (RELAY, BOX, "range")], forms) == []
    assert list((town.root(RELAY) / "media").iterdir()) == []
    assert dump(town.conn)["log_leaf"] == []


def test_old_copies_of_every_disk_die_with_the_epoch_key(delivered: Town) -> None:
    old = seize(delivered, *ALL_BUT_EPOCHS, captured=True)
    delivered.pass_time(91 * DAY_S)
    new = seize(delivered, *ALL)
    assert list((new.folder / EPOCHS).glob("*.epoch"))
    for path in (new.folder / EPOCHS).iterdir():
        path.rename(old.folder / path.name)
    assert old.senders() == []


def test_relay_box_and_epoch_store_together_name_the_writer_of_an_open_report(delivered: Town) -> None:
    """Not defended: the epoch store must be elsewhere."""
    assert seize(delivered, *ALL).senders() == [ASHA.sender]


def test_a_held_report_is_named_by_all_three_together(town: Town) -> None:
    """Not defended, as above: the contact part is still at the relay, and the box can open it."""
    assert seize(town, *ALL).senders() == [ASHA.sender]


@pytest.mark.parametrize("who", [ASHA, HIDDEN], ids=["number", "id"])
def test_no_form_of_who_wrote_lies_on_any_disk(make_town: MakeTown, who: Who) -> None:
    town = make_town("forms")
    forms = {**forms_of_number(who.number), **forms_of_text(who.name)} | dict(
        forms_of_id(who.bsuid or "IN.none-at-all")
    )
    teller = Teller(town, who, STORY)
    teller.write("Hi")
    teller.answer()
    disks = [path for path in town.folder.iterdir() if path.is_dir()]
    assert search(disks, forms) == []
    while not teller.receipt:
        teller.answer()
    assert search(disks, forms) == []
    town.release()
    answer_all(town)
    town.send_replies()
    assert search(disks, {**forms, **forms_of_text(teller.receipt)}) == []


def test_the_relay_keeps_no_time_beside_a_handle_that_is_finer_than_the_hour(town: Town) -> None:
    written = town.now
    town.release()
    answer_all(town)
    town.send_replies()
    assert {row[5] for row in dump(town.conn)["reply"]} == {0.0}
    times = {path.stat().st_mtime for path in (town.root(RELAY) / "media").iterdir()}
    assert times and {time % HOUR_S for time in times} == {0}
    for database, conn in (("relay.db", town.conn), ("vault.db", town.vault._conn)):
        for table, rows in dump(conn).items():
            values = [value for row in rows for value in row if isinstance(value, int | float)]
            near = [v for v in values if v > 1e9 and min((v - written) % DAY_S, (written - v) % DAY_S) < 120]
            assert near == [], (database, table)
