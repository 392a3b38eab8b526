"""The state machine of everything that people and fate can do to a relay (``crowd.py`` says what must hold)."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.relay.crowd import Crowd, Person, long_after, marks_of

WORDS = (
    "नमस्ते", "Hi", "hello", "2", "२", "दो", "16", "0", "हां", "nahi", "yes", "पता नहीं", "पीछे", "back", "restart", "भाषा",
    "help", "मदद", "status", "स्थिति", "add", "जोड़ें", "मिटाएं", "delete", "stop", "machhlishahr", "मछलीशहर", "जौनपुर", "👍",
    "शाहगंज", "आगे", "daru", "yahan raat mein juaa hota hai roz", "बचाओ मार डालेंगे", "\u202e\x00", "x" * 4096,
)  # fmt: skip
POINTS = ("vault-written", "report-written", "step-committed", "release-written", "released", "file-written")
PEOPLE = st.integers(0, 2)


class Anybody(RuleBasedStateMachine):
    """Hypothesis chooses who does what and when the power is cut."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="satark-crowd-", dir=_memory()))
        self.crowd = Crowd(self.folder, seed)

    def person(self, number: int) -> Person:
        return self.crowd.people[number]

    @rule(who=PEOPLE, text=st.sampled_from(WORDS))
    def writes(self, who: int, text: str) -> None:
        person = self.person(who)
        if text in ("मिटाएं", "delete", "stop"):
            person.asked_back |= self.crowd.receipts(person).keys()
        self.crowd.write(person, text)
        self.crowd.settle()

    @rule(who=PEOPLE)
    def tells(self, who: int) -> None:
        self.crowd.write(self.person(who), self.crowd.new_mark(self.person(who)))
        self.crowd.settle()

    @rule(who=PEOPLE, which=st.integers(0, 9))
    def taps(self, who: int, which: int) -> None:
        options = self.crowd.options(self.person(who))
        if options:
            self.crowd.write(self.person(who), options[which % len(options)])
            self.crowd.settle()

    @rule(who=PEOPLE, which=st.integers(0, 400))
    def taps_an_old_one(self, who: int, which: int) -> None:
        options = self.crowd.every_option(self.person(who))
        if options:
            self.crowd.write(self.person(who), options[which % len(options)])
            self.crowd.settle()

    @rule(who=PEOPLE, kind=st.sampled_from(("photo", "photo", "voice", "video")), count=st.integers(1, 4))
    def sends_files(self, who: int, kind: str, count: int) -> None:
        for _ in range(count):
            self.crowd.send_file(self.person(who), kind, whole=kind == "photo")
        self.crowd.settle()

    @rule(who=PEOPLE)
    def tells_it_all(self, who: int) -> None:
        person = self.person(who)
        before = {body.handle for body in self.crowd.reports()}
        written = self.crowd.finish(person)
        (body,) = [one for one in self.crowd.reports() if one.handle not in before]
        assert written <= marks_of(body)

    @rule(who=PEOPLE)
    def takes_it_back(self, who: int) -> None:
        person = self.person(who)
        held = [code for code, undo in self.crowd.receipts(person).items() if undo]
        if not held:
            return
        code = held[-1]
        was_held = self.crowd.is_held(code)
        self.crowd.write(person, self.crowd.receipts(person)[code])
        self.crowd.settle()
        assert not was_held or self.crowd.handle_of(code) is None

    @rule(who=PEOPLE, which=st.integers(0, 5))
    def adds(self, who: int, which: int) -> None:
        codes = list(self.crowd.receipts(self.person(who)))
        if codes:
            self.crowd.write(self.person(who), f"add {codes[which % len(codes)]}")
            self.crowd.settle()

    @rule(last=st.integers(1, 20))
    def comes_again(self, last: int) -> None:
        self.crowd.post(*self.crowd.posted[-last:])
        self.crowd.settle()

    @rule(order=st.permutations(range(6)))
    def all_at_once(self, order: list[int]) -> None:
        updates = [
            update
            for person in self.crowd.people
            for update in person.phone.updates(self.crowd.new_mark(person), "Hi")
        ]
        self.crowd.post(*(updates[at] for at in order))
        self.crowd.settle()

    @rule(seconds=st.sampled_from((1.0, 9.0, 60.0, 400.0, long_after(), 20.5 * 3600, 23.5 * 3600, 49 * 3600)))
    def time_passes(self, seconds: float) -> None:
        self.crowd.wait(seconds)

    @rule(statements=st.integers(0, 120))
    def is_killed_soon(self, statements: int) -> None:
        self.crowd.relay.fuse.left = statements

    @rule(point=st.sampled_from(POINTS))
    def is_killed_at(self, point: str) -> None:
        self.crowd.arm(point)

    @rule(when=st.sampled_from(("before", "after")))
    def is_killed_sending(self, when: str) -> None:
        self.crowd.relay.whatsapp.cut = when

    @rule()
    def is_restarted(self) -> None:
        self.crowd.restart()

    @precondition(lambda self: not self.crowd.undelivered)
    @rule()
    def is_rebooted(self) -> None:
        self.crowd.reboot()

    def teardown(self) -> None:
        if not hasattr(self, "crowd"):
            return
        try:
            self.crowd.check()
            for person in self.crowd.people:
                self.crowd.finish(person)
            self.crowd.wait(long_after())
            self.crowd.check()
        finally:
            self.crowd.restart()
            shutil.rmtree(self.folder, ignore_errors=True)


def _memory() -> str | None:
    """Where folders cost no disk, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
