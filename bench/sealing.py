"""Reports sealed and opened per second, beside the bare HPKE inside them: what header, padding and signature cost."""

import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from bench import place as places
from bench import report, reports
from bench.place import Place
from bench.report import Comparison, Run, Side
from provisioning import enrol
from sync import frames
from sync.directory import Node
from sync.exchange import Identity
from sync.messages import Contact, encode
from sync.sealing import envelopes
from sync.sealing.envelopes import PART_BLOCK_BYTES, pad
from sync.sealing.keys import PublicSealingKey, SealingKey, SigningKey

DEFAULT_N, MOST_N = 1000, 20_000
OURS, BARE = "ours (envelope)", "bare HPKE"
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = bytes(140)
"""About as many bytes as ours has."""


@dataclass(frozen=True)
class Told:
    """One report before sealing: body and contact, as they are encoded."""

    message_id: str
    body: bytes
    contact: bytes


@dataclass(frozen=True)
class Field:
    """Who seals to whom, with the box's private keys, and what is told."""

    identity: Identity
    box: Node
    body: SealingKey
    contact: SealingKey
    told: Sequence[Told]

    @property
    def publics(self) -> tuple[PublicSealingKey, PublicSealingKey]:
        """The box's public keys, body and contact."""
        assert self.box.body is not None
        assert self.box.contact is not None
        return self.box.body, self.box.contact


@dataclass(frozen=True)
class Way:
    """One side: seals a report, opens what it sealed into two parts; ``parts`` is what must come out."""

    seal: Callable[[Field, Told], Any]
    open: Callable[[Field, Any], tuple[bytes, ...]]
    parts: Callable[[Told], tuple[bytes, ...]]
    does: str


def compare(
    place: Place, n: int, runs: int, say: Callable[[str], None], *, is_opening: bool = False
) -> Comparison:
    """``runs`` runs of ``n`` reports of each side in turn, in this process on one core; no disk, no network."""
    field = _field(place, n)
    found: dict[str, list[Run]] = {name: [] for name in WAYS}
    verb = "opened and verified" if is_opening else "sealed and signed"
    for number in range(runs):
        for name, way in WAYS.items():
            found[name].append(report.check(name, _measure(field, way, is_opening), n))
            say(f"{verb} {number + 1}/{runs} {name}: {found[name][-1].per_s:.0f}/s")
    common = {
        "load": f"{n} reports of {len(field.told[0].body)} bytes, in this process on one core; no disk, no network",
        "suite": "X-Wing (ML-KEM-768 + X25519), HKDF-SHA256, AES-256-GCM of one library, for both sides",
        "kept/sent": "reports whose two parts came out as they were, reports sealed",
    }
    sides = tuple(Side(name, {"does": way.does}, tuple(found[name])) for name, way in WAYS.items())
    return Comparison(f"Reports {verb} per second", "/s", common, sides, overhead(field))


compare_opening = partial(compare, is_opening=True)


def overhead(field: Field) -> dict[str, str]:
    """What a report weighs at each step, bytes."""
    one = field.told[0]
    frame, bare = _seal(field, one), sum(map(len, _seal_bare(field, one)))
    envelope = frames.read(frame)
    assert isinstance(envelope, bytes)
    return {
        "bytes of one report": f"told {len(one.body)} + {len(one.contact)}; padded and sealed {bare}; envelope"
        f" {len(envelope)}, of it header, signature and lengths {len(envelope) - bare}; frame {len(frame)}"
    }


def _measure(field: Field, way: Way, is_opening: bool) -> Run:
    sealed, sealing = _timed(lambda: [way.seal(field, one) for one in field.told])
    opened, opening = _timed(lambda: [way.open(field, one) for one in sealed])
    took_s, cpu_s = opening if is_opening else sealing
    right = sum(parts == way.parts(one) for parts, one in zip(opened, field.told, strict=True))
    n = len(field.told)
    return Run(n / took_s, 1000 * cpu_s / n, places.rss_mb(os.getpid()), n, right, 0, places.load())


def _timed(work: Callable[[], list[Any]]) -> tuple[list[Any], tuple[float, float]]:
    """What came of it, and the seconds it took: by the clock, of the processor."""
    began, began_cpu_s = time.perf_counter(), time.process_time()
    made = work()
    return made, (time.perf_counter() - began, time.process_time() - began_cpu_s)


def _field(place: Place, n: int) -> Field:
    roots, ids = place.fleet.roots, place.fleet.ids
    signing = SigningKey((roots["relay"] / "keys" / "signing.key").read_bytes())
    identity = Identity(ids["relay"], secrets.token_hex(8), signing)
    box = enrol.load_directory(roots["relay"]).node(ids["jaunpur"])
    keys = roots["jaunpur"] / "keys"
    body, contact = (SealingKey((keys / name).read_bytes()) for name in ("body.key", "contact.key"))
    told = [_told(one) for one in reports.make(n, identity, box)]
    return Field(identity, box, body, contact, told)


def _told(one: reports.Report) -> Told:
    contact = Contact(1, secrets.token_hex(16), secrets.token_bytes(32))
    return Told(one.message_id, one.plain, encode(contact))


def _seal(field: Field, one: Told) -> bytes:
    to, (body, contact) = (field.identity.node, field.box.id, one.message_id), field.publics
    parts = (
        envelopes.seal_part("report", "body", one.body, body, *to),
        envelopes.seal_part("report", "contact", one.contact, contact, *to),
    )
    return frames.of_envelope(
        envelopes.sign("report", parts, field.identity.signing, *to, index=0).to_bytes()
    )


def _open(field: Field, frame: bytes) -> tuple[bytes, ...]:
    content = frames.read(frame)
    assert isinstance(content, bytes)
    envelope = envelopes.read(content)
    envelopes.verify(envelope, field.identity.signing.public, field.identity.node, field.box.id)
    keys = {field.publics[0].id: field.body, field.publics[1].id: field.contact}
    return tuple(envelopes.open_part(envelope, part.name, keys.get) for part in envelope.parts)


def _seal_bare(field: Field, one: Told) -> tuple[bytes, bytes]:
    (body, contact), padded = field.publics, _padded(one)
    return _HPKE.encrypt(padded[0], body.hpke, _INFO), _HPKE.encrypt(padded[1], contact.hpke, _INFO)


def _open_bare(field: Field, parts: tuple[bytes, bytes]) -> tuple[bytes, ...]:
    body, contact = parts
    return _HPKE.decrypt(body, field.body.hpke, _INFO), _HPKE.decrypt(contact, field.contact.hpke, _INFO)


def _padded(one: Told) -> tuple[bytes, ...]:
    return pad(one.body, PART_BLOCK_BYTES["body"]), pad(one.contact, PART_BLOCK_BYTES["contact"])


WAYS = {
    OURS: Way(
        _seal,
        _open,
        lambda one: (one.body, one.contact),
        "two parts padded and sealed; header with their hashes; Ed25519 over it; one frame; or all of it backwards",
    ),
    BARE: Way(_seal_bare, _open_bare, _padded, "HPKE of the same two padded parts to the same keys"),
}
