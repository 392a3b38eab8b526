"""Release: log index, signature, outbox row and file offers at once, in a chain that anybody can check."""

import pytest

from relay import receipts, release
from sync import faults, log
from sync.clock import hour_of
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from tests.relay.builders import (
    GZP_BOX,
    JNP_BOX,
    RANGE_ID,
    RELAY_ID,
    UNDO_S,
    FakeRelay,
    PowerCut,
    a_directory,
    add_file,
    after_release,
    cut_power,
    open_parts,
    told,
)


def _release(relay: FakeRelay) -> int:
    return release.release_due(relay.conn, relay.identity(), relay.now)


def _envelopes(relay: FakeRelay) -> list[Envelope]:
    return [envelopes.read(row[0]) for row in relay.conn.execute("select content from outbox order by rowid")]


def test_nothing_goes_before_its_time(relay: FakeRelay) -> None:
    relay.submit(told())
    relay.told_time.now += UNDO_S - 1
    assert _release(relay) == 0
    after_release(relay)
    assert _release(relay) == 1
    assert relay.count("held") == relay.count("token") == 0


def test_the_envelope_verifies_and_opens_at_its_box(relay: FakeRelay) -> None:
    relay.submit(told())
    (held,) = relay.held()
    after_release(relay)
    _release(relay)
    (envelope,) = _envelopes(relay)
    envelopes.verify(envelope, a_directory().node(RELAY_ID).verify, RELAY_ID, JNP_BOX)
    plain = open_parts(JNP_BOX, held.message_id, envelope.parts)
    assert held.body.handle.encode() in plain["body"] and set(plain) == {"body", "contact"}
    assert (envelope.header.id, envelope.header.index) == (held.message_id, 0)


def test_the_broker_sees_no_difference_in_a_report_without_a_way_back(relay: FakeRelay) -> None:
    for contact in ("push", "none"):
        relay.submit(told(contact=contact, happening_now=True))
    _release(relay)
    one, other = ([(part.name, len(part.ciphertext)) for part in e.parts] for e in _envelopes(relay))
    assert one == other
    assert [name for name, _ in one] == ["body", "contact"]


def test_indices_are_dense_for_each_recipient(relay: FakeRelay) -> None:
    for n in range(9):
        relay.submit(told(district=("JNP", "GZP", "")[n % 3]))
    after_release(relay)
    assert _release(relay) == 9
    for recipient in (JNP_BOX, GZP_BOX, RANGE_ID):
        found = [e.header.index for e in _envelopes(relay) if e.header.recipient == recipient]
        assert sorted(i for i in found if i is not None) == [0, 1, 2]


def test_the_chain_is_that_of_its_leaves_and_the_leaves_those_of_its_envelopes(relay: FakeRelay) -> None:
    for _ in range(4):
        relay.submit(told(happening_now=True))
        _release(relay)
        relay.told_time.now += 3600
    rows = relay.conn.execute("select * from log_leaf order by log_index").fetchall()
    first_hour = hour_of(relay.now) - 4
    leaves = [log.leaf(n, first_hour + n, envelope.hash) for n, envelope in enumerate(_envelopes(relay))]
    assert [row["leaf"] for row in rows] == leaves
    assert release.checkpoint(relay.conn, JNP_BOX) == (4, log.head_of(leaves))
    assert rows[-1]["head"] == log.head_of(leaves)


def test_an_empty_log_has_size_zero(relay: FakeRelay) -> None:
    assert release.checkpoint(relay.conn, GZP_BOX) == (0, log.EMPTY)


def test_files_are_offered_behind_their_report(relay: FakeRelay) -> None:
    manifest = add_file(relay, data=b"x" * 100_000)
    relay.submit(told(evidence=(manifest,), happening_now=True))
    _release(relay)
    row = relay.conn.execute("select * from file_out").fetchone()
    assert (row["file_id"], row["recipient"], row["state"]) == (manifest.file_id, JNP_BOX, "waiting")
    assert row["message_id"] == _envelopes(relay)[0].header.id
    assert (relay.config.root / row["path"]).read_bytes() == b"x" * 100_000


@pytest.mark.parametrize("file_count", [0, 1])
def test_killed_before_the_commit_nothing_is_released_and_then_once(
    relay: FakeRelay, file_count: int
) -> None:
    files = tuple(add_file(relay, f"{n:032x}") for n in range(file_count))
    relay.submit(told(evidence=files, happening_now=True))
    faults.arm("release-written", cut_power)
    with pytest.raises(PowerCut):
        _release(relay)
    tables = ("log_leaf", "outbox", "file_out")
    assert [relay.count(table) for table in (*tables, "held")] == [0, 0, 0, 1]
    assert relay.value("select state from receipt") == "kept"
    faults.disarm()
    assert (_release(relay), _release(relay)) == (1, 0)
    assert [relay.count(table) for table in (*tables, "held")] == [1, 1, file_count, 0]


def test_killed_after_the_commit_it_is_released_once(relay: FakeRelay) -> None:
    relay.submit(told(happening_now=True))
    faults.arm("released", cut_power)
    with pytest.raises(PowerCut):
        _release(relay)
    faults.disarm()
    assert _release(relay) == 0 and relay.count("outbox") == 1


def test_the_receipt_says_that_it_is_on_its_way(relay: FakeRelay) -> None:
    says = relay.submit(told(happening_now=True))
    tag = receipts.tag(relay.epochs, receipts.find_code(says[0].text) or "")
    assert receipts.state_of(relay.conn, tag) == "kept"
    _release(relay)
    assert receipts.state_of(relay.conn, tag) == "on_its_way"


def test_a_backlog_goes_in_portions_oldest_first(relay: FakeRelay) -> None:
    for _ in range(release.BATCH + 5):
        relay.submit(told(contact="none", happening_now=True))
        relay.told_time.now += 1
    order = [row[0] for row in relay.conn.execute("select message_id from held order by release_at")]
    assert (_release(relay), _release(relay)) == (release.BATCH, 5)
    assert [envelope.header.id for envelope in _envelopes(relay)] == order


def test_from_release_on_only_public_facts_stand_beside_the_ciphertext(relay: FakeRelay) -> None:
    relay.submit(told(happening_now=True))
    _release(relay)
    (envelope,) = _envelopes(relay)
    header = envelope.header
    assert (header.sender, header.recipient, header.purpose) == (RELAY_ID, JNP_BOX, "report")
    size = {part.name: len(part.ciphertext) % 4096 for part in envelope.parts}
    relay.submit(told(text="बहुत लंबी बात " * 20, happening_now=True))
    _release(relay)
    assert {p.name: len(p.ciphertext) % 4096 for p in _envelopes(relay)[1].parts} == size
