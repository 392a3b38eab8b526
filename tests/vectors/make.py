"""Makes the vectors beside it: ``python -m tests.vectors.make``. Keys and inputs are fixed.

What is random in a ciphertext (HPKE, nonces) is recorded once: a vector holds the inputs and one output that must
open. Everything else comes out the same on every run, and the tests compare it with the files.
"""

import io
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from sync import frames, log
from sync.canonical import to_text
from sync.messages import (
    Acknowledgement,
    Acknowledgements,
    Answer,
    Cell,
    Contact,
    Digest,
    Duty,
    DutyAnswer,
    DutyOver,
    FileState,
    FirstDigest,
    Hello,
    Manifest,
    Message,
    PublicState,
    Reply,
    ReportBody,
    Settled,
    Tally,
    encode,
)
from sync.sealing import envelopes, files
from sync.sealing.keys import SealingKey, SigningKey

FOLDER = Path(__file__).parent


def fixed(name: str, size_bytes: int) -> bytes:
    """Bytes that anybody can make again from a name: SHA-256 of name and counter."""
    blocks = (sha256(f"{name} {i}".encode()).digest() for i in range(-(-size_bytes // 32)))
    return b"".join(blocks)[:size_bytes]


BODY_KEY = SealingKey(fixed("body", 96))
CONTACT_KEY = SealingKey(fixed("contact", 96))
SIGNING_KEY = SigningKey(fixed("signing", 32))
FILE_KEY = fixed("file", 32)
SENDER, RECIPIENT, MESSAGE_ID = "n00000001", "n00000002", "000102030405060708090a0b0c0d0e0f"
HANDLE = "00112233445566778899aabbccddeeff"

REPORT = ReportBody(
    v=1,
    handle=HANDLE,
    category="sand",
    language="hi",
    answers=(Answer("vehicles", "some", ""), Answer("when", "", "रात में, दो बजे के बाद")),
    text="नदी के किनारे ट्रैक्टर आते हैं।",
    district="jaunpur",
    thana="shahganj",
    place="पुराना घाट",
    hour=500_000,
    happening_now=False,
    fear="unsure",
    police_involved="no",
    incomplete=False,
    contact="push",
    evidence=(
        Manifest(
            "ff" * 16, "photo", "image/jpeg", 70_000, "1" * 64, "2" * 64, "3" * 64, FILE_KEY, ("gps",), "jpeg"
        ),
    ),
    missing_evidence=1,
    adds_to=None,
)
CONTACT = Contact(1, HANDLE, fixed("report key", 32))
MESSAGES: dict[tuple[str, str], Message] = {
    ("report", "body"): REPORT,
    ("report", "contact"): CONTACT,
    ("acknowledgement", "message"): Acknowledgements(
        1,
        (
            Acknowledgement(MESSAGE_ID, fixed("envelope", 32), 7, "0011223344556677", "committed"),
            Acknowledgement("ab" * 16, fixed("another", 32), None, "0011223344556677", "quarantined"),
        ),
    ),
    ("hello", "message"): Hello(
        *(2, "run-1", 1_800_000_000_000, "0011223344556677", 3, BODY_KEY.public.raw, 8, fixed("head", 32)),
        contact_key=CONTACT_KEY.public.raw,
        sealed_to=("0123456789abcdef", "fedcba9876543210"),
    ),
    ("reply", "message"): Reply(1, HANDLE, fixed("report key", 32), 2, "taken_up", ("sho", "3")),
    ("settled", "message"): Settled(1, (f"{HANDLE}/1", f"{HANDLE}/2")),
    ("state", "message"): PublicState(1, HANDLE, "in_action", 4),
    ("digest", "message"): Digest(
        2,
        "0011223344556677",
        12,
        (Cell("jaunpur", "shahganj", "sand", 2976, "closed", 3),),
        (Tally("jaunpur", "sand", 2976, "restricted", False, True, 4, 2, 1, 1, 0),),
    ),
    ("file", "message"): FileState(1, "ff" * 16, b"\x05\x01", False, "0011223344556677"),
    ("duty", "message"): Duty(
        1,
        "dd" * 16,
        "+919800000001",
        "hi",
        "JNP-2026-00417",
        "JNP-10",
        "restricted",
        "urgent",
        "घाट पर रात में जाएं",
    ),
    ("duty_over", "message"): DutyOver(1, "dd" * 16),
    ("duty_answer", "message"): DutyAnswer(2, "dd" * 16, "delivered", "", 500_000, ()),
}
HELLO = MESSAGES["hello", "message"]
assert isinstance(HELLO, Hello)
OLDER: dict[tuple[str, str], Message] = {
    ("hello", "message"): HELLO.first(),
    ("digest", "message"): FirstDigest(
        1, "0011223344556677", 12, (Cell("jaunpur", "shahganj", "sand", 2976, "closed", 3),)
    ),
    ("duty_answer", "message"): DutyAnswer(1, "dd" * 16, "note", "दो ट्रैक्टर मिले", 500_000, ()),
}
SMALL_FILE = fixed("small file", 100)
LARGE_FILE = fixed("large file", 70_000)


def messages() -> list[dict[str, str]]:
    """The canonical text of one message of each purpose and part."""
    return [
        {"purpose": purpose, "part": part, "message": encode(message).decode()}
        for (purpose, part), message in MESSAGES.items()
    ]


def older() -> list[dict[str, str]]:
    """The same of every version before the newest."""
    return [
        {"purpose": purpose, "part": part, "message": encode(message).decode()}
        for (purpose, part), message in OLDER.items()
    ]


def envelope() -> dict[str, Any]:
    """A report from a relay to a box, and the same after its contact part was dropped."""
    parts: dict[str, tuple[Message, SealingKey]] = {
        "body": (REPORT, BODY_KEY),
        "contact": (CONTACT, CONTACT_KEY),
    }
    sealed = tuple(
        envelopes.seal_part("report", name, encode(message), key.public, SENDER, RECIPIENT, MESSAGE_ID)
        for name, (message, key) in parts.items()
    )
    whole = envelopes.sign("report", sealed, SIGNING_KEY, SENDER, RECIPIENT, MESSAGE_ID, 41)
    return {
        "body_key": BODY_KEY.raw.hex(),
        "contact_key": CONTACT_KEY.raw.hex(),
        "verify_key": SIGNING_KEY.public.raw.hex(),
        "sender": SENDER,
        "recipient": RECIPIENT,
        "parts": {name: encode(message).decode() for name, (message, _) in parts.items()},
        "hash": whole.hash.hex(),
        "envelope": to_text(whole.to_bytes()),
        "without_contact": to_text(whole.without("contact").to_bytes()),
    }


def frame() -> dict[str, Any]:
    """One frame of each kind: its beginning, its length and its SHA-256."""
    chunk = frames.Chunk("ff" * 16, 2, 3, fixed("chunk", 1000))
    made = {"envelope": frames.of_envelope(fixed("carried", 5000)), "chunk": frames.of_chunk(chunk)}
    return {
        name: {"size_bytes": len(data), "begins": data[:40].hex(), "sha256": sha256(data).hexdigest()}
        for name, data in made.items()
    }


def chain() -> list[dict[str, Any]]:
    """The first leaves of a log, and the head after each."""
    head, entries = log.EMPTY, []
    for index in range(4):
        hour, envelope_hash = 500_000 + index // 2, fixed(f"envelope {index}", 32)
        leaf = log.leaf(index, hour, envelope_hash)
        head = log.extend(head, leaf)
        entries.append({"hour": hour, "hash": envelope_hash.hex(), "leaf": leaf.hex(), "head": head.hex()})
    return entries


def container() -> dict[str, Any]:
    """A small file whole; of a larger one, two chunks long, the random prefix and the SHA-256."""
    small, large = io.BytesIO(), io.BytesIO()
    files.seal_file(io.BytesIO(SMALL_FILE), len(SMALL_FILE), FILE_KEY, small)
    files.seal_file(io.BytesIO(LARGE_FILE), len(LARGE_FILE), FILE_KEY, large)
    return {
        "key": FILE_KEY.hex(),
        "small": {"size_bytes": len(SMALL_FILE), "sealed": to_text(small.getvalue())},
        "large": {
            "size_bytes": len(LARGE_FILE),
            "prefix": large.getvalue()[4 : files.HEADER_BYTES].hex(),
            "sealed_size_bytes": len(large.getvalue()),
            "sha256": sha256(large.getvalue()).hexdigest(),
        },
    }


def padded() -> list[dict[str, int]]:
    """Sizes of files, padded by Padmé and sealed."""
    sizes = (0, 1, 2, 9, 100, 1000, 4097, 65_535, 65_536, 65_537, 70_000, 1_000_003, 16_777_217, 104_857_601)
    return [
        {"size_bytes": size, "padded": files.padme(size), "sealed": files.sealed_size(size)} for size in sizes
    ]


MAKERS = {
    "padme": padded,
    "messages": messages,
    "older": older,
    "envelope": envelope,
    "frame": frame,
    "log": chain,
    "file": container,
}


def recorded(name: str) -> Any:
    """What the file of that name holds."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Writes every file anew; the random ones change."""
    for name, make in MAKERS.items():
        text = json.dumps(make(), ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
