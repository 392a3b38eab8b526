"""Anybody at a phone, doing anything in any order."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from relay.dialogue import GIVE_UP_AFTER_S, REMIND_AFTER_S, Heard, State
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

    @rule(caption=texts)
    def photo(self, caption: str) -> None:
        self.slots += 1
        self._says_something(Heard("photo", slot=self.slots, text=caption))

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
            tap_first(self.person)
            if self.person.step.submit is not None:
                return
        raise AssertionError(f"no report after 60 answers, at {self.person.state}")


TestAnybodyAtAPhone = AnybodyAtAPhone.TestCase
