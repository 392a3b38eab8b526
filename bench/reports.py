"""Reports of about 2 KB, sealed before anything is measured, as a relay's ``link`` finds them in its outbox."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sync import frames
from sync.directory import Node
from sync.exchange import Identity
from sync.messages import Answer, Contact, ReportBody, encode
from sync.sealing import envelopes

TEXT_BYTES = 2048
_WORDS = "मोहल्ले में रात को बाहर से आकर लोग दुकान के पीछे सामान बेचते हैं पुलिस को बताने पर भी कोई नहीं आया".split()


@dataclass(frozen=True)
class Report:
    """One report: ``plain`` is the body before sealing, ``frame`` the MQTT payload, ``hash`` its acknowledgement's."""

    message_id: str
    plain: bytes
    frame: bytes
    hash: bytes


def make(count: int, identity: Identity, box: Node) -> list[Report]:
    """``count`` different reports of ``identity`` (a relay) for ``box``."""
    rng = random.Random(1)
    return [_make(index, identity, box, rng) for index in range(count)]


def _make(index: int, identity: Identity, box: Node, rng: random.Random) -> Report:
    message_id, handle = f"{rng.getrandbits(128):032x}", f"{rng.getrandbits(128):032x}"
    plain = encode(_body(handle, rng))
    contact = encode(Contact(1, handle, rng.randbytes(32)))
    assert box.body is not None
    assert box.contact is not None
    to = (identity.node, box.id, message_id)
    parts = (
        envelopes.seal_part("report", "body", plain, box.body, *to),
        envelopes.seal_part("report", "contact", contact, box.contact, *to),
    )
    envelope = envelopes.sign("report", parts, identity.signing, *to, index)
    frame = frames.of_envelope(envelope.to_bytes())
    return Report(message_id, plain, frame, envelope.hash)


def _body(handle: str, rng: random.Random) -> ReportBody:
    return ReportBody(
        v=1,
        handle=handle,
        category="drugs",
        language="hi",
        answers=(Answer("what", "selling", ""), Answer("when", "now", "")),
        text=_text(rng),
        district="JNP",
        thana="JNP-01",
        place="",
        hour=490_000,
        happening_now=False,
        fear="no",
        police_involved="no",
        incomplete=False,
        contact="push",
        evidence=(),
        missing_evidence=0,
        adds_to=None,
    )


def _text(rng: random.Random) -> str:
    words = " ".join(rng.choices(_WORDS, k=300))
    return words.encode()[:TEXT_BYTES].decode("utf-8", "ignore")


def sizes(found: Sequence[Report]) -> tuple[int, int]:
    """Mean bytes of what is told and of what travels."""
    told, travels = sum(len(one.plain) for one in found), sum(len(one.frame) for one in found)
    return told // len(found), travels // len(found)
