"""What travels inside envelopes: versioned frozen dataclasses, built and read by allow-list (``sync/canonical.py``).

One dataclass per purpose. ``PURPOSES`` is the whole list; ``docs/PROTOCOL.md`` is generated from it.
"""

from dataclasses import dataclass

from sync import canonical
from sync.errors import TooNew, Unreadable

COMMITTED = "committed"
QUARANTINED = "quarantined"


@dataclass(frozen=True)
class Answer:
    """One answered question: a choice by its code, or the informant's own words (the other is empty).

    Spoken: choice "@voice", and as text the number of the voice note among the report's evidence, from 1 on; "" where
    that note could not be taken.
    """

    question: str
    choice: str
    text: str


@dataclass(frozen=True)
class Manifest:
    """One evidence file of a report: what it is, what was taken out of it, and how to open it.

    Hashes are hex SHA-256: of the file as it was received, as it was kept after cleaning, and of its ciphertext.
    ``key`` opens the ciphertext (``sync/sealing/files.py``); ``dropped`` names the metadata that was taken out.
    """

    file_id: str
    kind: str
    mime: str
    size_bytes: int
    sha256_received: str
    sha256_kept: str
    sha256_sealed: str
    key: bytes
    dropped: tuple[str, ...]
    tool: str


@dataclass(frozen=True)
class ReportBody:
    """What the informant told (part ``body`` of a ``report``). Times are whole hours since the epoch.

    ``thana`` is a code of the directory or "", ``police_involved`` and ``fear`` are "yes", "no" or "unsure",
    ``contact`` is "push" (answers may be sent to the phone) or "none", ``adds_to`` the handle of an earlier report.
    """

    v: int
    handle: str
    category: str
    language: str
    answers: tuple[Answer, ...]
    text: str
    district: str
    thana: str
    place: str
    hour: int
    happening_now: bool
    fear: str
    police_involved: str
    incomplete: bool
    contact: str
    evidence: tuple[Manifest, ...]
    missing_evidence: int
    adds_to: str | None


@dataclass(frozen=True)
class Contact:
    """The reply path of a report (part ``contact``): opens the relay's vault row, and nothing else."""

    v: int
    handle: str
    report_key: bytes


@dataclass(frozen=True)
class Acknowledgement:
    """The receiver's word that a message took effect. ``epoch`` names its database; ``result`` is one of ours."""

    message_id: str
    envelope_hash: bytes
    index: int | None
    epoch: str
    result: str


@dataclass(frozen=True)
class Acknowledgements:
    """Several of them, from one group commit."""

    v: int
    items: tuple[Acknowledgement, ...]


@dataclass(frozen=True)
class FirstHello:
    """A hello of version 1, from a node that was not upgraded yet: it says nothing of contact parts and of old keys."""

    v: int
    run: str
    issued_at: int
    epoch: str
    directory_version: int
    message_key: bytes
    log_size: int
    log_head: bytes


@dataclass(frozen=True)
class Hello:
    """Who a node is at the moment: its run, its database and the keys to seal to it.

    ``issued_at`` (epoch milliseconds) only rises; an older hello than the last one counts for nothing. ``message_key``
    seals report bodies and messages to the sender, ``contact_key`` contact parts (empty: the one that the recipient's
    own ``sealed_to`` names, or it takes none). ``log_size`` and ``log_head`` are the checkpoint of the sender's log for
    this recipient (0 and empty where it keeps none). ``sealed_to`` names those keys of the recipient that the sender
    seals to now, or has something in its outbox for.
    """

    v: int
    run: str
    issued_at: int
    epoch: str
    directory_version: int
    message_key: bytes
    log_size: int
    log_head: bytes
    contact_key: bytes = b""
    sealed_to: tuple[str, ...] = ()

    def first(self) -> FirstHello:
        """The same in version 1, for a node that reads no newer one; what came later is left out."""
        return FirstHello(
            1,
            self.run,
            self.issued_at,
            self.epoch,
            self.directory_version,
            self.message_key,
            self.log_size,
            self.log_head,
        )


@dataclass(frozen=True)
class Reply:
    """A typed answer to an informant: a template of the catalogue with enumerated parameters, never free text."""

    v: int
    handle: str
    report_key: bytes
    reply_no: int
    template: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """Replies that are over at the relay: spent or expired, which of the two is not told."""

    v: int
    items: tuple[str, ...]
    """``<handle>/<reply_no>`` each."""


@dataclass(frozen=True)
class PublicState:
    """The coarse state that a receipt holder may ask for; "closed" ends the way back; ``version`` only rises."""

    v: int
    handle: str
    state: str
    version: int


LATE = "late"
"""In the place of a status: the open cases among the others that are so late that the range sees them."""


@dataclass(frozen=True)
class Cell:
    """How many cases of one district, thana, category and week (``clock.week_of``) stand in one status, or are LATE."""

    district: str
    thana: str
    category: str
    week: int
    status: str
    count: int


@dataclass(frozen=True)
class Tally:
    """What became of the cases of one district, kind, class and flags that were opened in one week.

    ``sensitivity`` is a class of the catalogue; ``action`` and ``none``: closed, something or nothing was done.
    """

    district: str
    category: str
    week: int
    sensitivity: str
    victim: bool
    child: bool
    open: int
    action: int
    none: int
    duplicates: int
    quarantined: int


@dataclass(frozen=True)
class Digest:
    """Counts from a box to its range. ``seq`` is dense per (box, epoch); counts are absolute: the newest seq wins."""

    v: int
    epoch: str
    seq: int
    cells: tuple[Cell, ...]
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True)
class FirstDigest:
    """A digest of version 1, from a box that was not upgraded yet: it says nothing of classes and results."""

    v: int
    epoch: str
    seq: int
    cells: tuple[Cell, ...]

    def now(self) -> Digest:
        """The same as a digest of today."""
        return Digest(self.v, self.epoch, self.seq, self.cells)


@dataclass(frozen=True)
class FileState:
    """Which chunks of an evidence file have come (bit i of ``have``, lowest first), and whether all is well.

    ``epoch`` names the receiver's database: the word of an older one counts as none.
    """

    v: int
    file_id: str
    have: bytes
    complete: bool
    epoch: str = ""


@dataclass(frozen=True)
class Duty:
    """A case for the officer who holds a post: what his notice says, and the brief he gets once he accepts ("": none).

    ``duty`` is a random name of this assignment, ``number`` the officer's (E.164), ``thana`` a code of the directory or
    "", ``sensitivity`` and ``urgency`` classes of the catalogue.
    """

    v: int
    duty: str
    number: str
    language: str
    serial: str
    thana: str
    sensitivity: str
    urgency: str
    brief: str


@dataclass(frozen=True)
class DutyOver:
    """A duty that is withdrawn: the case went to somebody else, or is closed."""

    v: int
    duty: str


@dataclass(frozen=True)
class DutyAnswer:
    """What an officer answered: accepted, cannot, acted, could_not, note, photo; or his notice's fate: (un)delivered.

    ``text`` of a note, ``evidence`` of a photo; ``hour``: whole hours since the epoch. ``v`` is the first version that
    knows the kind (``of_kind``): a box that was not upgraded yet takes all it knows, and the rest after that.
    """

    v: int
    duty: str
    kind: str
    text: str
    hour: int
    evidence: tuple[Manifest, ...]

    @classmethod
    def of_kind(
        cls, duty: str, kind: str, text: str, hour: int, evidence: tuple[Manifest, ...]
    ) -> "DutyAnswer":
        """An answer in its version: 2 for ``delivered``, 1 for the others."""
        return cls(2 if kind == "delivered" else 1, duty, kind, text, hour, evidence)


Message = (
    ReportBody
    | Contact
    | Acknowledgements
    | FirstHello
    | Hello
    | Reply
    | Settled
    | PublicState
    | Digest
    | FirstDigest
    | FileState
    | Duty
    | DutyOver
    | DutyAnswer
)

PURPOSES: dict[str, dict[str, type[Message]]] = {
    "report": {"body": ReportBody, "contact": Contact},
    "acknowledgement": {"message": Acknowledgements},
    "hello": {"message": Hello},
    "reply": {"message": Reply},
    "settled": {"message": Settled},
    "state": {"message": PublicState},
    "digest": {"message": Digest},
    "file": {"message": FileState},
    "duty": {"message": Duty},
    "duty_over": {"message": DutyOver},
    "duty_answer": {"message": DutyAnswer},
}
VERSION = 1
VERSIONS = {"hello": 2, "digest": 2, "duty_answer": 2}
"""Purposes whose newest version is another."""
OLDER: dict[tuple[str, int], type[Message]] = {
    ("hello", 1): FirstHello,
    ("digest", 1): FirstDigest,
    ("duty_answer", 1): DutyAnswer,
}
"""What was sent before, by purpose and version; still read."""
SEALED_AHEAD = frozenset({"report", "duty_answer"})
"""Purposes that are sealed when they are written: their sender has no plaintext to seal anew."""


def encode(message: Message) -> bytes:
    """Canonical bytes of a message."""
    return canonical.dumps(message)


def decode(purpose: str, part: str, data: bytes) -> Message:
    """Reads one part of a message of ``purpose``; raises Unreadable, or TooNew for a newer version of it."""
    kind = PURPOSES.get(purpose, {}).get(part)
    if kind is None:
        raise Unreadable(f"no message has purpose {purpose!r} and part {part!r}")
    version, newest = canonical.version_of(data), VERSIONS.get(purpose, VERSION)
    if version > newest:
        raise TooNew(f"{purpose} of version {version}, this node reads {newest}", hint="Upgrade this node")
    return canonical.loads(OLDER.get((purpose, version), kind), data)
