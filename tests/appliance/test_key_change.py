"""The monthly change of a box's keys with reports under way: each opens once, and old halves go when they may."""

import random
from pathlib import Path

import pytest

from appliance import cases
from appliance.keyring import KeyRing
from relay import housekeeping
from sync import exchange
from sync.clock import DAY_S
from sync.db import transaction
from sync.errors import ConfigError
from sync.sealing.keys import SealingKey
from tests.appliance.months import HOLD_S, KEEP_S, REPORT_KEY, Months
from tests.appliance.office import SUPERVISOR, body
from tests.stations import BOX_ID, RELAY_ID, World

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def world(tmp_path: Path, rng: random.Random) -> World:
    return World(tmp_path, rng)


@pytest.fixture
def months(tmp_path: Path, world: World) -> Months:
    return Months(tmp_path, world)


def sealing_folder(months: Months) -> list[str]:
    return sorted(path.name.split(".", 1)[1] for path in (months.desk.config.root / "keys/sealing").iterdir())


def private_halves(root: Path) -> set[bytes]:
    """Every private sealing key that lies under a folder, wherever and by whatever name."""
    files = [path for path in root.rglob("*") if path.is_file() and path.stat().st_size == 96]
    return {path.read_bytes() for path in files}


def test_a_new_pair_is_made_every_30_days_and_announced_at_once(months: Months) -> None:
    first = months.ring.newest
    months.pass_offline(29)
    assert months.ring.newest == first
    months.pass_days(1.5)
    newest = months.ring.newest
    assert newest.made_at - first.made_at == pytest.approx(30 * DAY_S, abs=DAY_S)
    assert newest.body != first.body and newest.contact != first.contact
    known = exchange.keys_of(months.station, months.world.directory.node(BOX_ID))
    assert (known.body, known.contact) == (newest.body.public, newest.contact.public)


def test_reports_sealed_before_during_and_after_a_change_all_open(months: Months) -> None:
    months.pass_offline(29)
    months.submit()
    months.world.time.now += DAY_S
    months.box_frames()  # the new pair's hello is lost
    months.submit()
    months.world.time.now += 60
    months.turns()
    months.submit()
    months.world.time.now += HOLD_S
    months.turns()
    assert months.opened() == months.stored() == [1, 2, 3]
    ids = {row[0] for row in months.desk.conn.execute("select key from seen where result='committed'")}
    assert ids == {months.world.keys[BOX_ID].body.public.id, months.ring.newest.body.public.id}


def test_commands_of_the_box_and_messages_to_it_cross_a_change_too(months: Months) -> None:
    months.submit()
    months.pass_offline(31)
    months.turns(20)
    (serial,) = months.desk.conn.execute("select serial from case_file").fetchone()
    cases.answer(months.desk, str(serial), SUPERVISOR, 1, "taken_up", ())
    months.turns(20)
    assert months.relay.memory == {(body(1).handle, 1): REPORT_KEY}
    assert cases.get(months.desk, str(serial)).replies[-1].state == "accepted"
    refused = months.desk.conn.execute("select name from counter where name like 'refused%'").fetchall()
    assert refused == []


def test_a_box_away_for_five_weeks_opens_all_that_waited(months: Months) -> None:
    for _ in range(5):
        months.submit()
        months.pass_offline(7)
    assert months.ring.newest.body != months.world.keys[BOX_ID].body
    months.turns(20)
    assert months.opened() == months.stored() == [1, 2, 3, 4, 5]


def test_a_pair_that_no_relay_heard_of_stays_while_its_hello_may_still_come(months: Months) -> None:
    months.pass_offline(30)
    months.world.time.now += 60
    late = months.box_frames()
    second = months.ring.newest
    for _ in range(50):  # the box hears the relay; nothing it says arrives
        months.world.time.now += DAY_S
        months.box_frames()
        months.to_box(months.relay_frames())
    assert months.ring.newest != second
    months.to_relay(late)
    months.submit()
    months.world.time.now += HOLD_S
    months.turns(20)
    assert months.opened() == [1]


def test_every_relay_must_have_spoken(months: Months) -> None:
    months.pass_days(31)
    config, ring = months.desk.config, months.ring
    again = KeyRing(config.root / "keys", months.world.time.now)
    now = months.world.time.now + 20 * DAY_S
    months.pass_days(6)
    assert again.erase_due(months.desk.conn, [RELAY_ID, "n0000000d"], [], now, 5 * DAY_S) == []
    gone = again.erase_due(months.desk.conn, [RELAY_ID], [], now, 5 * DAY_S)
    assert {*gone, *again.live} == set(ring.live) and len(gone) == 2


def test_an_old_contact_half_is_erased_on_schedule(months: Months) -> None:
    old = months.world.keys[BOX_ID].contact
    months.submit()
    months.world.time.now += HOLD_S
    months.turns()
    months.pass_days(30.5)
    root = months.desk.config.root
    assert months.ring.find(old.public.id) == old
    assert old.raw in private_halves(root)  # the control: until then it lies there
    months.pass_days(9)
    assert months.ring.find(old.public.id) is None
    assert old.raw not in private_halves(root)
    assert not any(old.raw in path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert (root / "keys" / "contact.key").read_bytes() == b""


def test_the_body_half_that_the_directory_names_stays_and_later_ones_go(months: Months) -> None:
    first = months.world.keys[BOX_ID].body.public.id
    months.pass_days(31)
    second = months.ring.newest.body.public.id
    months.pass_days(45)
    assert months.ring.find(first) is not None
    assert months.ring.find(second) is None
    assert sealing_folder(months) == ["body.key", "contact.key", "first"]


def test_no_half_goes_while_the_relay_holds_something_for_it(months: Months) -> None:
    months.submit()
    old = months.world.keys[BOX_ID].contact.public.id
    months.world.time.now += HOLD_S
    months.relay_frames()  # released, and lost on the way
    months.station.execute("update outbox set due_at=9e12")
    months.pass_days(60)
    assert months.ring.find(old) is not None
    months.station.execute("update outbox set due_at=0")
    months.turns()
    assert months.opened() == [1]
    months.pass_days(9)
    assert months.ring.find(old) is None


def test_without_a_word_of_the_relay_nothing_is_erased(months: Months) -> None:
    live = dict(months.ring.live)
    months.pass_offline(100)
    assert live.items() <= months.ring.live.items()
    assert len(months.ring.live) == 2 * 4


def test_a_contact_part_older_than_any_vault_row_no_longer_holds_a_key(months: Months) -> None:
    months.submit()
    months.world.time.now += HOLD_S
    months.relay_frames()
    months.station.execute("update outbox set state='quarantined', due_at=9e12")
    old = months.world.keys[BOX_ID].contact.public.id
    months.pass_days(80, step_s=DAY_S)
    assert months.ring.find(old) is not None
    months.pass_days(20, step_s=DAY_S)
    assert months.ring.find(old) is None


def test_a_relay_whose_clock_jumps_makes_no_key_go_early(months: Months) -> None:
    months.pass_days(31)
    months.desk.conn.execute("update peer set listed_since=0")
    config, now = months.desk.config, months.world.time.now
    assert months.ring.erase_due(months.desk.conn, [RELAY_ID], [], now, config.key_keep_s) == []
    gone = months.ring.erase_due(months.desk.conn, [RELAY_ID], [], now + config.key_keep_s, config.key_keep_s)
    assert len(gone) == 2


def test_an_older_hello_never_brings_an_old_key_back(months: Months) -> None:
    months.world.time.now += 60
    old = months.box_frames()
    assert old
    months.pass_days(31)
    months.to_relay(old)
    known = exchange.keys_of(months.station, months.world.directory.node(BOX_ID))
    assert known.body == months.ring.newest.body.public


def test_a_restarted_link_process_goes_on_with_the_same_pair(months: Months) -> None:
    months.pass_days(31)
    before = months.ring.newest, set(months.ring.live)
    months.start_box()
    assert (months.ring.newest, set(months.ring.live)) == before


@pytest.mark.parametrize("part", ["contact", "body"])
def test_half_a_pair_is_announced_to_nobody_and_goes(months: Months, part: str) -> None:
    folder = months.desk.config.root / "keys" / "sealing"
    orphan = SealingKey.generate()
    (folder / f"{int(months.world.time.now) + 1:012d}.{part}.key").write_bytes(orphan.raw)
    (folder / "x.contact.key.new").write_bytes(bytes(96))
    months.start_box()
    assert months.ring.newest.body == months.world.keys[BOX_ID].body
    assert not (folder / "x.contact.key.new").exists()
    months.pass_days(45)
    assert months.ring.find(orphan.public.id) is None
    assert orphan.raw not in private_halves(months.desk.config.root)


def test_a_restored_box_without_its_contact_keys_takes_the_bodies(months: Months) -> None:
    months.submit()
    lost = SealingKey.generate()
    (months.desk.config.root / "keys" / "contact.key").write_bytes(lost.raw)
    months.start_box()
    months.world.time.now += HOLD_S
    months.turns()
    assert (months.stored(), months.opened()) == ([1], [])
    assert months.relay.station.waiting() == 0
    counted = months.desk.conn.execute("select value from counter where name='contact_key_gone'").fetchone()
    assert counted[0] == 1


def test_ids_are_kept_until_their_key_is_gone_and_then_forgotten(months: Months) -> None:
    months.pass_days(31, step_s=DAY_S)
    months.submit()
    months.world.time.now += HOLD_S
    frames = months.relay_frames()
    months.to_box(frames)
    for days, ids in ((60, 1), (50, 0)):
        months.pass_days(days, step_s=DAY_S)
        assert months.desk.conn.execute("select count(*) from seen").fetchone()[0] == ids
        months.to_box(frames)
        assert months.stored() == [1]
    assert months.desk.conn.execute("select result from seen").fetchone()[0] == "quarantined"


def test_ids_of_a_living_key_are_never_forgotten(months: Months) -> None:
    months.submit()
    months.world.time.now += HOLD_S
    months.turns()
    with transaction(months.desk.conn):
        gone = exchange.forget_seen(months.desk.conn, months.ring.live, months.world.time.now + 1e9)
    assert gone == 0


def test_a_node_without_keys_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(ConfigError, match="satark node enrol"):
        KeyRing(tmp_path / "keys", 0)


def test_the_relay_keeps_bodies_no_longer_than_these_tests_believe() -> None:
    assert KEEP_S == housekeeping.KEEP_DELIVERED_S
