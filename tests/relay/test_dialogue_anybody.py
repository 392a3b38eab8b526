"""Anybody at a phone, doing anything in any order."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from relay.dialogue import GIVE_UP_AFTER_S, REMIND_AFTER_S, Heard, State, taken_back
from sync import canonical
from tests.relay.talk import Person, book, left, tap_first

BOOK = book()

WORDS = [
    "Hi",
    "नमस्ते",
    "back",
    "पीछे",
    "restart",
    "language",
    "help",
    "status",
    "add",
    "1",
    "२",
    "9",
    "16",
    "0",
    "दो",
    "haan",
    "nahi",
    "pata nahi",
    "Shahganj",
    "जौनपुर",
    "next",
    "send",
    "english",
    "they sell ganja near the bus stand",
    "bachao",
    "Hi [JNP-07K]",
    "kotwali",
    "mera number 9812345678 hai aur uska 9876501234",
    "please help",
    "stop",
    "delete",
    "",
    "\ud83d",
    "{x}",
    "x" * 4096,
    "📷" * 2000,
]
STEPS = [
    "language",
    "category",
    "police",
    "partial",
    "evidence",
    "district",
    "thana",
    "place",
    "now",
    "fear",
    "contact",
    "summary",
    "resume",
    "location",
    "near",
    "new",
    "which",
    "whose",
    "undone",
    "help",
    "drugs.what",
    "heinous.cctv",
    "cattle.what",
    "police_corruption.tell",
]
CODES = [
    "hi",
    "en",
    "drugs",
    "heinous",
    "cattle",
    "police_corruption",
    "yes",
    "no",
    "unsure",
    "next",
    "@skip",
    "JNP",
    "GZP",
    "@outside",
    "JNP-10",
    "@unknown",
    "@page0",
    "@page1",
    "@page9",
    "@page",
    "push",
    "none",
    "send",
    "again",
    "continue",
    "ganja",
    "have",
    "mine",
    "theirs",
    "change",
    "erase",
    "other",
    "@else",
    "lost",
]
texts = st.sampled_from(WORDS) | st.text(max_size=40)
taps = st.builds("v1|{}|{}".format, st.sampled_from(STEPS), st.sampled_from(CODES)) | st.text(max_size=20)


class AnybodyAtAPhone(RuleBasedStateMachine):
    """Whatever is done: every message fits WhatsApp, none is missing, and following the prompts ends in a report."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person(BOOK)
        self.slots = 0

    @rule(text=texts)
    def write(self, text: str) -> None:
        self._says_something(Heard("text", text=text))

    @rule(choice=taps)
    def tap(self, choice: str) -> None:
        self._says_something(Heard("tap", choice=choice))

    @precondition(lambda self: self.person.step.say and self.person.choices)
    @rule(data=st.data())
    def tap_what_is_shown(self, data: st.DataObject) -> None:
        self._says_something(Heard("tap", choice=data.draw(st.sampled_from(self.person.choices)).id))

    @rule(
        caption=texts,
        medium=st.sampled_from(["photo", "voice", "audio", "video", "document", "?"]),
        count=st.sampled_from([1, 1, 3, 35]),
    )
    def files(self, caption: str, medium: str, count: int) -> None:
        for _ in range(count):
            self.slots += 1
            self.person.photo(self.slots, caption, medium)
            assert self.person.state is not None and self.person.step.wake_at_s is not None

    @precondition(lambda self: self.person.state and self.person.state.quiet_ms)
    @rule()
    def rest(self) -> None:
        self.person.rests()
        assert self.person.step.say or self.person.step.submit

    @rule(text=st.sampled_from(["", "जोड़ें 1234"]))
    def add(self, text: str) -> None:
        self._says_something(Heard("add", choice="h1", text=text))

    @precondition(lambda self: self.person.step.sent)
    @rule()
    def take_back(self) -> None:
        sent = self.person.step.sent
        assert sent is not None
        self.person.step = taken_back(sent, self.person.now_s, BOOK)
        self.person.state = self.person.step.state
        assert self.person.state is not None and self.person.state.partial == "no"

    @rule(
        kind=st.sampled_from(["refused", "location", "other", "what"]), text=texts, reason=st.text(max_size=9)
    )
    def something_else(self, kind: str, text: str, reason: str) -> None:
        self._says_something(Heard(kind, text=text, reason=reason))

    @rule(slot=st.integers(0, 5), reason=st.sampled_from(["", "size", "gone", "?"]))
    def file(self, slot: int, reason: str) -> None:
        self.person.file(slot, reason)

    @rule(idle_s=st.sampled_from([0, 400, REMIND_AFTER_S, GIVE_UP_AFTER_S]))
    def tick(self, idle_s: float) -> None:
        left(self.person, idle_s)

    def _says_something(self, heard: Heard) -> None:
        step = self.person.hears(heard)
        assert step.say or step.submit
        assert len(step.say) <= 2
        assert step.state is None or step.wake_at_s is not None

    @invariant()
    def the_draft_can_be_kept(self) -> None:
        if self.person.state is not None:
            kept = canonical.dumps(self.person.state)
            assert canonical.loads(State, kept) == self.person.state

    def teardown(self) -> None:
        if self.person.state is not None:
            self.person.tap("fear|nothing")  # a tap out of turn: the question that stands is asked again
        for _ in range(60):
            follow(self.person)
            if self.person.step.submit is not None:
                return
        raise AssertionError(f"no report after 60 answers, at {self.person.state}")


def follow(person: Person) -> None:
    """Taps on, without help and without beginning again or erasing."""
    if person.state is not None and person.state.language and person.state.overlay == "help":
        person.tap("help|continue")
    else:
        tap_first(person)


TestAnybodyAtAPhone = pytest.mark.slow(AnybodyAtAPhone.TestCase)
