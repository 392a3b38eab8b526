"""Where the box's time goes: the steps of taking one report, timed in this process, without broker and network."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.desk import open_desk, open_keys
from appliance.keyring import KeyRing
from appliance.line import BoxProgram
from bench import place as places
from bench.reports import Report
from sync import exchange, frames, topics
from sync.directory import Node
from sync.exchange import Exchange, Identity
from sync.link import Arrival
from sync.messages import Hello
from sync.outbox import Retry
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from sync.sealing.keys import SealingKey, SigningKey

GROUP = 100
GROUPS = 5
CONTACT_BYTES = 120


@dataclass(frozen=True)
class Box:
    """A box's desk in this process: what its link process is made of."""

    node: Node
    line: Exchange
    find_key: Callable[[str], SealingKey | None]


def measure(root: Path, relay: Identity, found: Sequence[Report]) -> dict[str, float]:
    """Milliseconds per report of each step, in order; ``root`` is a box whose processes do not run."""
    for name in ("box.db", "keys.db"):
        places.remove_database(root / name)
    sample = found[: GROUP * GROUPS]
    box = open_box(root, relay)
    opened = [_read(report) for report in sample]
    took = {
        "seal and sign (sender)": _seal(sample[:GROUP], relay, box.node),
        "read frame and envelope": _time(lambda: [_read(report) for report in sample], len(sample)),
        "check signature and hashes": _time(lambda: _verify(opened, relay, box.node), len(sample)),
        "open two parts (HPKE)": _time(lambda: _open(opened, box), len(sample)),
    }
    arrivals = [Arrival(topics.topic(box.node.id, relay.node), report.frame) for report in sample]
    taken = _time(lambda: _accept(box, arrivals), len(sample))
    opening = sum(list(took.values())[1:])
    took["read JSON, store, commit (groups of 100)"] = taken - opening
    took["acknowledge (seal, sign)"] = _time(lambda: box.line.outgoing(200), len(sample))
    return took


def describe(took: dict[str, float]) -> dict[str, str]:
    """The same for the reader."""
    return {f"  {step}": f"{ms:.2f} ms per report" for step, ms in took.items()}


def open_box(root: Path, relay: Identity) -> Box:
    """The desk of the box under ``root``, after ``relay`` has said hello to it."""
    desk = open_desk(root, time.time)
    keys = root / "keys"
    identity = Identity(desk.config.node_id, "0" * 16, SigningKey((keys / "signing.key").read_bytes()))
    program = BoxProgram(desk, open_keys(desk.config), identity, KeyRing(keys, time.time()))
    retry, rng = Retry(desk.config.retry_base_s, desk.config.retry_cap_s), random.Random(1)
    line = Exchange(
        *(identity, desk.directory, [relay.node], desk.conn, program),
        *(desk.clock, rng, retry, desk.config.hello_every_s, root),
    )
    box = Box(desk.directory.node(identity.node), line, program.find_key)
    box.line.accept([_hello(relay, box.node)])
    box.line.outgoing(200)
    return box


def _hello(relay: Identity, box: Node) -> Arrival:
    key = SealingKey.generate().public
    hello = Hello(2, relay.run, int(time.time() * 1000), "0" * 16, 1, key.raw, 0, b"")
    assert box.body is not None
    sealed = exchange.seal_message(relay, "hello", box.id, box.body, hello, "0" * 32)
    return Arrival(topics.topic(box.id, relay.node), frames.of_envelope(sealed))


def _read(report: Report) -> Envelope:
    content = frames.read(report.frame)
    assert isinstance(content, bytes)
    return envelopes.read(content)


def _verify(opened: Sequence[Envelope], relay: Identity, box: Node) -> None:
    for envelope in opened:
        envelopes.verify(envelope, relay.signing.public, relay.node, box.id)


def _open(opened: Sequence[Envelope], box: Box) -> None:
    for envelope in opened:
        for part in envelope.parts:
            envelopes.open_part(envelope, part.name, box.find_key)


def _accept(box: Box, arrivals: Sequence[Arrival]) -> None:
    for start in range(0, len(arrivals), GROUP):
        box.line.accept(arrivals[start : start + GROUP])


def _seal(sample: Sequence[Report], relay: Identity, box: Node) -> float:
    assert box.body is not None
    assert box.contact is not None
    body, contact = box.body, box.contact

    def seal() -> None:
        for report in sample:
            to = (relay.node, box.id, report.message_id)
            parts = (
                envelopes.seal_part("report", "body", report.plain, body, *to),
                envelopes.seal_part("report", "contact", b"0" * CONTACT_BYTES, contact, *to),
            )
            envelopes.sign("report", parts, relay.signing, *to, 0)

    return _time(seal, len(sample))


def _time(work: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started) / count
