"""What the tests of the conversation share: the real data, a person who taps and writes, WhatsApp's limits."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from relay import phrases
from relay.dialogue import Book, Choice, Heard, Say, State, Step, Told, advance
from sync import catalogue
from sync.directory import Directory, District, Thana
from sync.messages import Manifest

SEED = Path(__file__).parents[2] / "provisioning" / "directory" / "thanas.csv"
DISTRICTS = {"JNP": ("Jaunpur", "जौनपुर"), "GZP": ("Ghazipur", "गाज़ीपुर"), "CDL": ("Chandauli", "चंदौली")}
START_S = 1_800_000_000.0


def directory() -> Directory:
    """Three districts and the thanas of the seed data."""
    with SEED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    thanas = tuple(
        Thana(r["code"], r["code"][:3], None, r["thana_en"], r["thana_hi"], None, None, False) for r in rows
    )
    districts = tuple(
        District(code, en, hi, f"n0000000{i}") for i, (code, (en, hi)) in enumerate(DISTRICTS.items())
    )
    return Directory(1, 1, districts, thanas, ())


def book() -> Book:
    """The product's own catalogue and phrases with that directory."""
    return Book(catalogue.load(), directory(), phrases.load())


def manifest(number: int = 0) -> Manifest:
    """A cleaned photo."""
    return Manifest(
        f"f{number}", "photo", "image/jpeg", 10, "a" * 64, "b" * 64, "c" * 64, b"k" * 32, (), "jpeg 1"
    )


def units(text: str) -> int:
    """The longer of code points and UTF-16 units."""
    return max(len(text), len(text.encode("utf-16-le")) // 2)


def check_limits(say: Say) -> None:
    """WhatsApp takes this message."""
    assert say.text.strip()
    assert units(say.text) <= (1024 if say.buttons else 4096), say.text
    assert not (say.buttons and say.rows)
    assert len(say.buttons) <= 3
    assert len(say.rows) <= 10
    assert bool(say.rows) == bool(say.rows_button)
    assert units(say.rows_button) <= 20
    for choices, title in ((say.buttons, 20), (say.rows, 24)):
        assert len({c.id for c in choices}) == len({c.title for c in choices}) == len(choices)
        for choice in choices:
            _check_choice(choice, title)


def _check_choice(choice: Choice, title: int) -> None:
    assert 0 < units(choice.title) <= title, choice
    assert units(choice.description) <= 72, choice
    assert 0 < units(choice.id) <= 200, choice


@dataclass
class Person:
    """Somebody at a phone; every message they get is checked against WhatsApp's limits."""

    book: Book
    now_s: float = START_S
    state: State | None = None
    step: Step = field(default_factory=lambda: Step(None, ()))

    def hears(self, heard: Heard) -> Step:
        """One thing done; gives what comes of it."""
        self.now_s += 1
        self.step = advance(self.state, heard, self.now_s, self.book)
        self.state = self.step.state
        for say in self.step.say:
            check_limits(say)
        return self.step

    def write(self, *texts: str) -> Step:
        """Texts one after the other."""
        for text in texts:
            self.hears(Heard("text", text=text))
        return self.step

    def tap(self, *choices: str) -> Step:
        """Taps by step and code ("police|no"), whether on the screen or scrolled up to."""
        for choice in choices:
            self.hears(Heard("tap", choice=f"v1|{choice}"))
        return self.step

    def photo(self, slot: int, text: str = "", medium: str = "photo") -> Step:
        """A photo or another file sent; nothing is said yet."""
        return self.hears(Heard("evidence", slot=slot, text=text, medium=medium))

    def rests(self) -> Step:
        """Nothing more is sent for as long as the bot waits before it acknowledges files."""
        assert self.state is not None and self.state.quiet_ms is not None
        self.now_s = max(self.now_s, self.state.quiet_ms / 1000)
        return self.hears(Heard("tick"))

    def speaks(self, slot: int) -> Step:
        """A voice message, and the bot's answer to it."""
        self.photo(slot, medium="voice")
        return self.rests()

    def file(self, slot: int, reason: str = "") -> Step:
        """What became of a photo."""
        return self.hears(Heard("file", slot=slot, file=None if reason else manifest(slot), reason=reason))

    @property
    def said(self) -> str:
        """All that was said last."""
        return "\n".join(say.text for say in self.step.say)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be tapped in the last message."""
        return self.step.say[-1].buttons or self.step.say[-1].rows

    @property
    def first(self) -> str:
        """The first of them, by step and code."""
        return bare(self.choices[0].id)


def bare(choice: str) -> str:
    """The id of a button as step and code, without the draft it is of."""
    return choice.partition("|")[2]


def to_evidence(person: Person, language: str = "en") -> Person:
    """A drugs report, told up to the photos."""
    person.write("Hi")
    person.tap(
        f"language|{language}",
        "category|drugs",
        "police|no",
        "partial|yes",
        "drugs.what|ganja",
        "drugs.act|sale",
    )
    person.write("Ramu, red shirt")
    person.tap("drugs.when|night", "drugs.source|self")
    return person


def to_summary(person: Person) -> Person:
    to_evidence(person).tap("evidence|next", "district|JNP", "thana|JNP-10")
    person.write("Behind the mill")
    person.tap("now|no", "fear|no", "contact|push")
    return person


def handed_on(person: Person) -> Told:
    """What was handed on with the last step."""
    assert person.state is None
    assert person.step.submit is not None
    return person.step.submit


def tap_first(person: Person) -> None:
    """Taps the first thing that is offered, or lets time pass where nothing is."""
    if person.step.say and person.choices:
        person.hears(Heard("tap", choice=person.choices[0].id))
    elif person.state and person.state.quiet_ms:
        person.rests()
    elif person.state and person.state.deadline_ms:
        person.now_s = max(person.now_s, person.state.deadline_ms / 1000)
        person.hears(Heard("tick"))
    else:
        person.write("Hi")


def left(person: Person, idle_s: float) -> None:
    """Time passes without a word, and a tick comes."""
    person.now_s += idle_s
    person.hears(Heard("tick"))
