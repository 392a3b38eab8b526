"""The words of the conversation: what is heard, said, kept in between and handed on."""

from collections.abc import Callable
from dataclasses import dataclass

from relay import searched
from relay.limits import Choice
from relay.phrases import Phrases
from sync import placecode
from sync.catalogue import Catalogue
from sync.directory import Directory
from sync.identifiers import Found
from sync.messages import Answer, Manifest


@dataclass(frozen=True)
class Heard:
    """One thing the person did, without identity.

    ``kind``: text | tap | evidence | refused | location | add | status | other | file | tick. ``text``: body or
    caption; for a location its rounded coordinates as they may be kept, "" when they may not; for add its language
    is looked at, and what is told behind the receipt is kept. ``choice``: id of the tapped row or button; for add
    the handle of the report to add to. ``slot``: the evidence slot of a file, or the one whose file came; one draft
    never uses a number twice. ``medium``: of evidence, what it is (photo, voice, audio, video, document). ``file``:
    the cleaned file (kind file), None when it could not be taken. ``reason``: why not ("size", "kind", "gone",
    "damaged", "day": too much today), or what was refused ("contacts", "kind"); for add "file" where the words stand
    below one. ``instead``: of words, a file's too, told beside a receipt and kept as new: the key of why they are not
    added.
    """

    kind: str
    text: str = ""
    choice: str = ""
    slot: int = -1
    file: Manifest | None = None
    reason: str = ""
    medium: str = "photo"
    instead: str = ""


@dataclass(frozen=True)
class Say:
    """One message to the person: text with buttons, or with a list that opens by ``rows_button``, or alone."""

    text: str
    buttons: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    rows_button: str = ""


@dataclass(frozen=True)
class Slot:
    """One file of the draft: waiting (no file, no reason), there, or failed for a reason."""

    number: int
    file: Manifest | None = None
    failed: str = ""
    medium: str = "photo"

    @property
    def waiting(self) -> bool:
        """Whether its file is still to come."""
        return self.file is None and not self.failed


@dataclass(frozen=True)
class State:
    """A draft. Empty fields are not answered yet; ``thana`` "" is "not known", ``district`` "" "outside these".

    ``overlay`` is a question asked between (resume, language, location, which, whose, accused, undone, help), ``page``
    the page of a long list, ``point`` coordinates taken as the place and ``offered`` those asked about. ``since_s`` is
    when the person last did something, ``deadline_ms`` (while ``submitting``) when it is sent with the files there are.
    ``quiet_ms`` is when the files of the slots ``unsaid`` are acknowledged, unless the person says something before.
    ``hint`` is the thana whose poster was read and ``near`` the answer to it; ``which`` the thanas a name may mean.
    ``cleared``: the identifiers in the words that he has been asked about. ``voiced``: the risk of a voice was told.
    ``begun``: the second in which it was begun, which tells its buttons from those of other drafts; ``taken_back_s``
    that in which it was last taken back, which tells the buttons that send it from those that had sent it.
    ``accused``: he was asked whether police whom his words name are involved.
    ``remind_sooner_s``, ``end_sooner_s``: by so much before the latest times he is reminded, and it ends.
    ``asks_receipt``: he asked to add and gave no receipt; what comes next, if it holds one, is added to it.
    An answer by voice keeps the number of its slot as its text.
    Fields added later have defaults: drafts of the version before are still read (``relay/drafts.py``).
    """

    step: str
    since_s: int
    language: str = ""
    overlay: str = ""
    page: int = 0
    misses: int = 0
    category: str = ""
    police: str = ""
    partial: str = ""
    answers: tuple[Answer, ...] = ()
    texts: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    district: str | None = None
    thana: str | None = None
    place: str = ""
    point: str = ""
    offered: str = ""
    happening: str = ""
    fear: str = ""
    contact: str = ""
    warned: bool = False
    reminded: bool = False
    submitting: bool = False
    deadline_ms: int | None = None
    adds_to: str | None = None
    quiet_ms: int | None = None
    unsaid: tuple[int, ...] = ()
    hint: str = ""
    near: str = ""
    which: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    voiced: bool = False
    begun: int = 0
    taken_back_s: int = 0
    accused: bool = False
    remind_sooner_s: int = 0
    end_sooner_s: int = 0
    asks_receipt: bool = False


@dataclass(frozen=True)
class Told:
    """What goes into the report: ``sync.messages.ReportBody`` without version, handle and hour.

    ``point``: coordinates that go behind the place; their digits are no phone number.
    ``at_once``: answers may come at any hour; only the relay ever knows it, for the report ``contact`` is "push".
    """

    category: str
    language: str
    answers: tuple[Answer, ...]
    text: str
    district: str
    thana: str
    place: str
    happening_now: bool
    fear: str
    police_involved: str
    incomplete: bool
    contact: str
    evidence: tuple[Manifest, ...]
    missing_evidence: int
    adds_to: str | None
    point: str = ""
    at_once: bool = False

    @property
    def is_urgent(self) -> bool:
        """Whether it is happening now, told to the end: left unfinished it waits a day, and then nothing is now."""
        return self.happening_now and not self.incomplete


@dataclass(frozen=True)
class Step:
    """What follows from one thing heard.

    ``state`` None: no draft (any more). ``submit``: hand this on, then say the receipt; ``sent`` is the draft it was
    made from, for somebody who takes it back. ``wake_at_s``: feed a ``tick`` at that time (epoch seconds), unless a
    later step says another.
    """

    state: State | None
    say: tuple[Say, ...]
    submit: Told | None = None
    wake_at_s: float | None = None
    sent: State | None = None


@dataclass(frozen=True)
class Book:
    """All the data that the conversation is made from.

    ``identifiers`` finds numbers and ids of people and vehicles in a text, ``place_code`` the thana of a poster's code.
    """

    catalogue: Catalogue
    directory: Directory
    phrases: Phrases
    identifiers: Callable[[str], tuple[Found, ...]] = searched.find
    place_code: Callable[[str], str | None] = placecode.find


@dataclass(frozen=True)
class Turn:
    """One thing heard with all that its handling needs."""

    heard: Heard
    now_s: float
    book: Book
    file_wait_s: float
    quiet_s: float

    @property
    def now_ms(self) -> int:
        """The time in whole milliseconds, as a draft keeps it."""
        return round(self.now_s * 1000)
