"""What nobody honest sends, on the real line: refused or set aside, counted, and the next report still comes."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioning import broker as brokers
from provisioning import enrol
from provisioning.demo.fleet import HOST
from provisioning.enrol import Setting
from relay.identity import IntakeKeys, Queued
from relay.simulator.client import call
from sync import canonical, frames, link, messages, topics
from sync.messages import Hello
from sync.sealing import envelopes
from sync.sealing.envelopes import Envelope
from sync.sealing.keys import SigningKey
from tests.brokers import Client
from tests.journeys.town import PATIENCE_S, Town
from tests.vectors.make import REPORT
from tests.waiting import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]
CLONE = Path(__file__).parents[2]


class Rogue:
    """Somebody with a node's keys and certificate, who writes what he likes."""

    def __init__(self, town: Town, seat: str) -> None:
        """Connects as that node."""
        fleet = town.world.fleet
        self.town, self.node, self.victim = town, fleet.ids[seat], fleet.ids["jaunpur"]
        root = fleet.roots[seat]
        self.signing = SigningKey((root / "keys" / "signing.key").read_bytes())
        self.directory = enrol.load_directory(fleet.roots["jaunpur"])
        tls = root / "tls"
        line = link.Broker(HOST, fleet.line.port, tls / "ca.pem", tls / "cert.pem", tls / "key.pem")
        self.client = Client(line, self.node)
        assert self.client.is_let_in()

    def sealed(self, purpose: str = "hello", recipient: str = "", name: str = "message", plain: bytes = b"",
               message_id: str = "") -> Envelope:  # fmt: skip
        """One part, sealed to the recipient's real key and signed with this node's own."""
        to = recipient or self.victim
        key, unique = self.directory.node(to).body, message_id or f"{next(_IDS):032x}"
        assert key is not None
        part = envelopes.seal_part(purpose, name, plain, key, self.node, to, unique)
        return envelopes.sign(purpose, (part,), self.signing, self.node, to, unique)

    def send(self, content: Envelope | bytes, sender: str = "") -> None:
        """Puts it on Jaunpur's topic for this node, or for another sender."""
        frame = content if isinstance(content, bytes) else frames.of_envelope(content.to_bytes())
        self.client.publish(topics.topic(self.victim, sender or self.node), frame)


_IDS = iter(range(1, 1_000_000))


@contextlib.contextmanager
def rogue_of(town: Town, seat: str) -> Iterator[Rogue]:
    """A rogue, disconnected at the end."""
    rogue = Rogue(town, seat)
    try:
        yield rogue
    finally:
        rogue.client.close()


def counted(town: Town) -> dict[str, int]:
    """What Jaunpur's box has counted, and how much it has set aside."""
    rows = town.box("select name, value from counter where name<>'hello_issued'")
    (aside,) = town.box("select count(*) from quarantine")
    return {str(name): int(str(value)) for name, value in rows} | {"set aside": int(str(aside[0]))}


def grown(town: Town, before: dict[str, int], what: str, by: int = 1) -> None:
    """Waits until a count has grown by exactly that much."""
    wait_until(lambda: counted(town).get(what, 0) >= before.get(what, 0) + by, PATIENCE_S, what)
    assert counted(town).get(what, 0) == before.get(what, 0) + by


def a_good_report_still_comes(town: Town, known: int) -> None:
    """And it is the only one that has come."""
    place = town.place()
    town.tell(place)
    town.settle()
    assert [report.place for report in town.kept()[known:]] == [place]


def hello(version: int = 2, key: bytes = b"") -> bytes:
    """A greeting's plain bytes."""
    return messages.encode(Hello(version, "run", 1, "epoch", 1, key, 0, b""))


def altered(envelope: Envelope) -> Envelope:
    """One bit of its ciphertext turned."""
    (part,) = envelope.parts
    turned = bytes([part.ciphertext[0] ^ 1]) + part.ciphertext[1:]
    return replace(envelope, parts=(replace(part, ciphertext=turned),))


def of_newer_version(rogue: Rogue) -> Envelope:
    """An envelope whose own form is of tomorrow, with a good signature."""
    good = rogue.sealed(plain=hello())
    header = replace(good.header, v=2)
    return replace(good, header=header, signature=rogue.signing.sign("envelope", canonical.dumps(header)))


def test_frames_of_a_rogue_box_are_refused_each_by_its_fault(town: Town) -> None:
    town.settle()
    known = len(town.kept())
    with rogue_of(town, "ghazipur") as rogue:
        good = rogue.sealed(plain=hello())
        strangers = SigningKey.generate().sign("envelope", canonical.dumps(good.header))
        elsewhere = rogue.sealed(recipient=rogue.directory.node(town.world.fleet.ids["chandauli"]).id)
        for fault, content in (
            ("refused.Unreadable", b"\xff" * 4096),
            ("refused.Unreadable", b"E" + bytes(200_000)[:100_000]),
            ("refused.Unreadable", frames.of_envelope(b"SME1" + b"\xff" * 90)),
            ("refused.Unreadable", altered(good)),
            ("refused.BadSignature", replace(good, signature=strangers)),
            ("refused.NotForUs", elsewhere),
            ("refused.TooNew", of_newer_version(rogue)),
            ("refused.chunk", frames.of_chunk(frames.Chunk("ab" * 16, 0, 1, b"evil"))),
        ):
            before = counted(town)
            rogue.send(content)
            grown(town, before, fault)
            assert counted(town)["set aside"] == before["set aside"]
    a_good_report_still_comes(town, known)


@pytest.mark.parametrize(
    ("purpose", "name", "plain"),
    [
        ("hello", "message", hello(version=3)),
        ("hello", "message", hello(key=b"no key at all")),
        ("hello", "message", b"[1,2]"),
        ("hello", "message", b"{" * 400),
        ("digest", "message", b'{"v":1}'),
        ("report", "body", messages.encode(REPORT)),
        ("settled", "message", b'{"items":[],"v":1}'),
    ],
)
def test_what_opens_but_must_not_count_is_set_aside(
    town: Town, purpose: str, name: str, plain: bytes
) -> None:
    town.settle()
    known = len(town.kept())
    with rogue_of(town, "ghazipur") as rogue:
        before = counted(town)
        rogue.send(rogue.sealed(purpose, name=name, plain=plain))
        grown(town, before, "set aside")
    assert len(town.kept()) == known


def test_a_box_cannot_speak_as_the_relay(town: Town) -> None:
    town.settle()
    known, relay = len(town.kept()), town.world.fleet.ids["relay"]
    with rogue_of(town, "ghazipur") as rogue:
        before = counted(town)
        rogue.send(rogue.sealed(plain=hello()), sender=relay)
        rogue.send(b"\xff" * 4096)  # comes after the other, on a topic of its own
        grown(town, before, "refused.Unreadable")
        assert counted(town) == before | {"refused.Unreadable": before.get("refused.Unreadable", 0) + 1}
    a_good_report_still_comes(town, known)


def test_a_broker_that_lets_everything_through_changes_nothing(town: Town) -> None:
    town.settle()
    known, fleet = len(town.kept()), town.world.fleet
    folder, broker = fleet.state / "broker", town.world.broker
    assert broker is not None
    rules = (folder / "acl").read_text()
    open_to_all = rules.replace("topic write", "topic write satark/1/#\ntopic write")
    brokers.refresh(folder, fleet.authority.revocations(), open_to_all)
    broker.stop()
    broker.start()
    with rogue_of(town, "ghazipur") as rogue:
        for sender, fault in ((fleet.ids["relay"], "refused.NotForUs"), ("nffffffff", "refused.UnknownNode")):
            before = counted(town)
            rogue.send(rogue.sealed(plain=hello()), sender=sender)
            grown(town, before, fault)
        before, posing = counted(town), replace_sender(rogue, fleet.ids["relay"])
        rogue.send(posing, sender=fleet.ids["relay"])
        grown(town, before, "refused.BadSignature")
    brokers.refresh(folder, fleet.authority.revocations(), rules)
    broker.stop()
    broker.start()
    a_good_report_still_comes(town, known)


def replace_sender(rogue: Rogue, sender: str) -> Envelope:
    """A greeting that says another node's name, signed with the key that the rogue has."""
    good = rogue.sealed(plain=hello())
    header = replace(good.header, sender=sender)
    return replace(good, header=header, signature=rogue.signing.sign("envelope", canonical.dumps(header)))


def test_a_report_sent_again_is_answered_and_not_stored_again(town: Town) -> None:
    place = town.place()
    town.tell(place)
    town.settle()
    kept = town.kept()
    ((content,),) = town.relay(
        "select content from outbox where purpose='report' order by rowid desc limit 1"
    )
    assert isinstance(content, bytes)
    town.world.kill("relay-link")
    with rogue_of(town, "relay") as rogue:
        before = counted(town)
        for _ in range(3):
            rogue.send(frames.of_envelope(content))
        grown(town, before, "duplicate", 3)
    town.world.start("relay-link")
    assert town.kept() == kept
    a_good_report_still_comes(town, len(kept))


def test_an_unsigned_delivery_is_refused_and_leaves_nothing(town: Town) -> None:
    town.settle()
    everything = (
        "select (select count(*) from event), (select count(*) from tag), (select count(*) from chat_out)"
    )
    before = town.relay(everything)
    update = {"entry": [{"changes": [{"value": {"messages": [{"id": "x", "from": "911234567890"}]}}]}]}
    for signature in ("bad", "none"):
        answer = call(town.world.simulator_url, f"/sim/raw?signature={signature}", update)
        assert answer == {"status": 403}
    town.rest()
    assert town.relay(everything) == before


def test_an_update_of_no_known_form_is_kept_sealed(town: Town) -> None:
    town.settle()
    known = len(town.kept())
    answer = call(town.world.simulator_url, "/sim/raw", {"something": ["entirely", "new"]})
    assert answer == {"status": 200}
    town.rest()
    ((day, sealed),) = town.relay("select key_day, sealed from event order by id desc limit 1")
    assert isinstance(day, int)
    assert isinstance(sealed, bytes)
    assert b"entirely" not in sealed
    key = IntakeKeys(town.world.runtime_dir).of(day)
    assert key is not None
    queued = canonical.loads(Queued, key.open(sealed, "event"))
    assert queued.event is not None
    assert "entirely" in queued.event.text
    a_good_report_still_comes(town, known)


@pytest.mark.parametrize(
    ("seat", "part", "setting", "words"),
    [
        ("relay", "web", {"listen": 8080}, "listen is 8080, wanted: text"),
        ("relay", "intake", {"undo_s": "soon"}, "undo_s is 'soon', wanted: a number"),
        ("relay", "link", {"broker": "nowhere"}, "broker is 'nowhere', wanted: host:port"),
        ("jaunpur", "web", {"tls": "yes"}, "tls is 'yes', wanted: true or false"),
        ("jaunpur", "link", {"retry_base_s": -1}, "retry_base_s is -1, wanted: a number from"),
        ("jaunpur", "jobs", {"role": "relay"}, "role is 'relay', wanted: one of district, range"),
    ],
)
def test_a_wrong_setting_ends_a_process_with_one_line(
    town: Town, tmp_path: Path, seat: str, part: str, setting: dict[str, Setting], words: str
) -> None:
    lines = (town.world.fleet.roots[seat] / "config.toml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.partition(" = ")[0] not in setting]
    (tmp_path / "config.toml").write_text("\n".join(kept) + "\n" + enrol.to_toml(setting), encoding="utf-8")
    group = "relay" if seat == "relay" else "box"
    command = [sys.executable, "-m", "provisioning", group, part, "--root", str(tmp_path)]
    ended = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert words in line
    assert str(tmp_path / "config.toml") in line
