"""People who write to the relay of a town: as WhatsApp would post it, one choice after another, until the receipt."""

import json
import random
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from appliance import cases, ledger
from appliance.desk import Actor, Desk
from relay import events, receipts
from relay.downlink import READ
from relay.events import Sender
from relay.simulator.ids import new_wamid
from relay.whatsapp import Buttons, Choice, Payload, Rows, Text
from sync import catalogue
from tests.anonymity.town import DIG, SCREENER, SP, Town

PICTURES = Path(__file__).parents[2] / "provisioning" / "demo" / "pictures"
PHOTOS = ("clean.jpg", "telling.jpg")
CATEGORIES = tuple(category.code for category in catalogue.load().categories)
NUMBERS = ("919812345678", "917301298406")
LISTED = f"शाहगंज का गिरोह: {NUMBERS[0][2:]}, 9876512340, {NUMBERS[1][2:]}"
"""What police could spread: a text with the numbers of those who are suspected to report, the twins' among them."""
WORDS = (
    "रोज़ शाम को दो लोग आते हैं",
    "a white van without number plates",
    "x" * 3000,
    "नीली दुकान के पीछे",
    "Ramu, red shirt; दूसरा नाम पता नहीं",
    LISTED,
)
MORE = ("undo", "add", "stop")
"""Taken back and sent again; added to by receipt once it has gone; no answers wanted any more."""
UNCLEAR = "unclear"
MOST_STEPS = 60


@dataclass(frozen=True)
class Who:
    """Who writes: what WhatsApp says of them. ``bsuid`` "" is a person of the time before such ids."""

    number: str
    bsuid: str
    name: str

    @property
    def sender(self) -> Sender:
        """As the relay keeps them."""
        return Sender(self.bsuid, "") if self.bsuid else Sender("", self.number)


@dataclass(frozen=True)
class Story:
    """What is told; the rest is chance, by ``seed``. ``whose``: the answer about numbers in words ("": by chance,
    UNCLEAR: words that are none, until it is no longer asked).

    ``more``: what is done beside it, of MORE.
    """

    seed: int
    category: str
    police: str
    contact: str
    photos: int
    district: str = "JNP"
    now: str = "no"
    words: tuple[str, ...] = WORDS
    whose: str = ""
    more: tuple[str, ...] = ()


def by_chance(seed: int) -> Story:
    """A story made of random choices."""
    rng = random.Random(seed)
    return Story(
        seed,
        rng.choice(CATEGORIES),
        rng.choice(("yes", "no", "no", "unsure")),
        rng.choice(("push", "none", "at_once")),
        rng.randrange(3),
        rng.choice(("JNP", "JNP", "GZP")),
        rng.choice(("yes", "no")),
        more=tuple(what for what in MORE if rng.random() < 0.4),
    )


@dataclass
class Teller:
    """One person with one story at one phone."""

    town: Town
    who: Who
    story: Story
    receipt: str = ""
    rng: random.Random = field(init=False)
    said: list[Payload] = field(default_factory=list)
    photos_sent: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.story.seed)

    def tell(self) -> str:
        """From "Hi" to the receipt, which is given back."""
        self.write("Hi")
        return self.tell_on()

    def tell_on(self) -> str:
        """From the question that stands to the receipt, which is given back."""
        for _ in range(MOST_STEPS):
            if self.receipt:
                return self.receipt
            self.answer()
        raise AssertionError("the conversation does not come to its end")

    def take_back(self) -> None:
        """Takes the report back by its button, if it has one, and sends it again as it was."""
        buttons = [
            c.id for payload in self.said[-1:] for c in choices_of(payload) if c.id.startswith("undo|")
        ]
        if buttons:
            self.tap(buttons[-1])
            self.receipt = ""
            self.tell_on()

    def add(self) -> None:
        """Adds to the report by its receipt."""
        self.write(f"add {self.receipt}")
        for _ in range(MOST_STEPS):
            if not isinstance(self.said[-1], Buttons | Rows) or not self._offered():
                return  # thanked, with the button to take it back or, where it went at once, without
            self.answer()
        raise AssertionError("the addition does not come to its end")

    def _offered(self) -> dict[str, Choice]:
        """The answers that the last question offers, by their codes."""
        question = next(p for p in reversed(self.said) if isinstance(p, Buttons | Rows))
        return {
            c.id.split("|")[-1]: c
            for c in choices_of(question)
            if c.id.startswith("v1") and c.id.count("|") == 2
        }

    def answer(self) -> None:
        """Answers the last question."""
        offered = self._offered()
        step = next(iter(offered.values())).id.split("|")[1]
        if set(offered) == {"@skip"}:
            self.write(self.rng.choice(self.story.words))
        elif step == "whose" and self.story.whose == UNCLEAR:
            self.write("यह क्या है")
        elif step == "evidence" and self.photos_sent < self.story.photos:
            self.photo(PHOTOS[self.photos_sent])
        else:
            self.tap(f"v1|{step}|{self._choice(step, sorted(offered))}")

    def write(self, text: str) -> None:
        """Some words."""
        self.post({"type": "text", "text": {"body": text}})

    def tap(self, choice: str) -> None:
        """A button or row."""
        reply = {"type": "button_reply", "button_reply": {"id": choice, "title": "..."}}
        self.post({"type": "interactive", "interactive": reply})

    def read_answers(self) -> list[str]:
        """Taps every button that shows an answer; gives the words."""
        mine = [one.payload for one in self.town.relay.whatsapp.sent if one.to == self.who.sender]
        buttons = [c.id for payload in mine for c in choices_of(payload) if c.id.startswith(f"{READ}|")]
        for button in buttons:
            self.tap(button)
        return [body_of(payload) for payload in self.said[-len(buttons) :]] if buttons else []

    def photo(self, name: str) -> None:
        """A photo, under an id that holds who sent it."""
        media_id = f"{self.who.number}{self.photos_sent}"
        self.photos_sent += 1
        self.town.relay.whatsapp.files[media_id] = (PICTURES / name).read_bytes()
        image = {"id": media_id, "mime_type": "image/jpeg", "sha256": "", "filename": f"{self.who.name}.jpg"}
        self.post({"type": "image", "image": image})

    def post(self, message: dict[str, Any]) -> None:
        """What WhatsApp makes of it, taken by the relay; remembers what it says."""
        before = len(self.town.relay.whatsapp.sent)
        self.town.clock.now += 7
        self.town.deliver(events.parse(self.webhook(message)), f"story {self.story.seed}")
        fresh = self.town.relay.whatsapp.sent[before:]
        assert {one.to for one in fresh} <= {self.who.sender}
        self.said += [one.payload for one in fresh]
        codes = [receipts.find_code(body_of(one.payload)) for one in fresh]
        self.receipt = next((code for code in codes if code), self.receipt)

    def webhook(self, message: dict[str, Any]) -> bytes:
        """The body of a POST; every identifier in it is the person's own."""
        me = {"profile": {"name": self.who.name}, "wa_id": self.who.number}
        head = {"from": self.who.number, "timestamp": str(int(self.town.now))}
        if self.who.bsuid:
            me, head = me | {"user_id": self.who.bsuid}, head | {"from_user_id": self.who.bsuid}
        head["id"] = new_wamid(self.rng, self.who.bsuid or self.who.number, True)
        value = {
            "metadata": {"phone_number_id": "1"},
            "contacts": [me],
            "messages": [head | {"context": {"from": self.who.number}} | message],
        }
        return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()

    def _choice(self, step: str, codes: list[str]) -> str:
        fixed = {
            "category": self.story.category,
            "police": self.story.police,
            "contact": self.story.contact,
            "district": self.story.district,
            "now": self.story.now,
            "partial": "yes",
            "evidence": "next",
            "summary": "send",
            "undone": "change",
        }
        if step == "whose" and self.story.whose:
            return self.story.whose
        if step in fixed:
            return fixed[step]
        return self.rng.choice([code for code in codes if not code.startswith("@")])


def choices_of(payload: Payload) -> tuple[Choice, ...]:
    """What can be tapped."""
    if isinstance(payload, Buttons):
        return payload.buttons
    return payload.rows if isinstance(payload, Rows) else ()


def body_of(payload: Payload) -> str:
    """The words of a message."""
    assert isinstance(payload, Text | Buttons | Rows)
    return payload.body


def answer_all(town: Town, closes: bool = True) -> None:
    """Every office takes up, answers (where it can) and closes all its cases; with ``closes`` False they stay open."""
    for seat in town.boxes:
        town.work(seat, partial(_work_off, closes))


def close_all(town: Town) -> None:
    """Every office closes what it has taken up, once somebody else has read what was added."""
    for seat in town.boxes:
        town.work(seat, _read_and_close)


def _read_and_close(desk: Desk, serial: str) -> None:
    found = ledger.find(desk, serial)
    if found.status == "screened":
        cases.read(desk, serial, SCREENER, found.version)
    _close(desk, serial)


def _close(desk: Desk, serial: str) -> None:
    found = ledger.find(desk, serial)
    if found.status == "screened":
        cases.close(desk, serial, _head(desk), found.version, "unfounded", untold=9)


def _head(desk: Desk) -> Actor:
    return DIG if desk.config.role == "range" else SP


def _work_off(closes: bool, desk: Desk, serial: str) -> None:
    actor = _head(desk)

    def version() -> int:
        return ledger.find(desk, serial).version

    if ledger.find(desk, serial).status != "received":
        return
    cases.screen(desk, serial, SCREENER, version(), "a note")
    if cases.get(desk, serial).can_answer:
        cases.answer(desk, serial, actor, version(), "action_taken", ("raid",))
    if closes:
        _close(desk, serial)
