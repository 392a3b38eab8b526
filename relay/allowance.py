"""How much one person, and everybody together, may ask of the relay: reports, media, tries at receipts.

All of it is in the memory of the intake process, by tags under a key that is made at random at its start and never
written: nobody can tell from a disk who wrote how often, and a restart begins to count anew (accepted). Days are
Indian days. No report is ever refused, only held longer; what the police do has no influence on any of it.
"""

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from relay.events import Sender
from sync import canonical
from sync.clock import HOUR_S, Clock, day_of
from sync.errors import SatarkError
from sync.sealing import locks

MIB = 1024 * 1024
MOST_STEPS = 20
"""A report beyond the limit waits at most so many steps longer: with steps of an hour never beyond a day."""
_SMALL_BYTES = 16 * MIB
"""A PDF up to here is counted with all else: the one that is counted apart is kept for a large one."""


class OverAllowance(SatarkError):
    """A file for which there is no room left today; its report goes on without it."""


@dataclass(frozen=True)
class Limits:
    """What is allowed; people are counted by Indian day, tries at receipts over the last hour.

    ``slow_step_s``: by so much longer the first report beyond ``reports_per_day`` waits, the next by twice as much.
    ``urgent_per_hour``: reports "happening now" of people beyond their limit that go at once, of all people together.
    ``wrong_receipts_per_hour``: of one person; ``all_`` stands for everybody together. ``people``: as many are
    remembered; whoever came longest ago is forgotten first.
    """

    reports_per_day: int = 5
    media_bytes: int = 60 * MIB
    large_pdf_bytes: int = 100 * MIB
    all_media_bytes: int = 20_000 * MIB
    slow_step_s: float = HOUR_S
    urgent_per_hour: int = 20
    wrong_receipts_per_hour: int = 5
    all_wrong_receipts_per_hour: int = 1000
    people: int = 50_000


@dataclass(slots=True)
class _Person:
    """What somebody has used today."""

    reports: int = 0
    media_bytes: int = 0
    large_pdf_bytes: int = 0


class Claim:
    """Room for one file: taken before it is fetched, by its announced size, and by more where more comes."""

    def __init__(self, allowance: "Allowance", person: bytes, day: int, large_pdf: bool) -> None:
        """Made by ``Allowance.claim``."""
        self._allowance, self.person, self.day, self.large_pdf = allowance, person, day, large_pdf
        self.claimed_bytes, self._came_bytes = 0, 0

    def came(self, size_bytes: int) -> None:
        """So many bytes more have come; raises OverAllowance where there is no room for them."""
        self._came_bytes += size_bytes
        if self._came_bytes > self.claimed_bytes:
            self._allowance.change(self, self._came_bytes)

    def give_back(self) -> None:
        """The file did not come."""
        self._allowance.change(self, 0)

    def settle(self) -> None:
        """The file came: what it did not need is given back."""
        self._allowance.change(self, self._came_bytes)


Claims = Callable[[int], Claim]
"""Makes room for a file of so many announced bytes; raises OverAllowance."""


class Allowance:
    """The counts of one run of the intake process; its threads share it."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        """``clock``: UTC epoch seconds."""
        self.limits, self._clock = limits, clock
        self._secret, self._lock = secrets.token_bytes(locks.KEY_BYTES), Lock()
        self._day, self._all_media_bytes = 0, 0
        self._people: OrderedDict[bytes, _Person] = OrderedDict()
        self._urgent: deque[float] = deque()
        self._wrong: deque[tuple[float, bytes, bytes]] = deque(maxlen=limits.all_wrong_receipts_per_hour)

    def report_delay_s(self, sender: Sender, is_urgent: bool) -> float:
        """Counts a report, or what is added to one; gives by how much longer than others it must be held, seconds.

        0 within the limit, and for what is happening now while not too many beyond their limit send such.
        What is taken back later has been counted too.
        """
        with self._lock:
            person = self._person(self._tag(sender))
            person.reports += 1
            over = person.reports - self.limits.reports_per_day
            if over <= 0:
                return 0.0
            if is_urgent:
                return 0.0 if self._may_hurry() else self.limits.slow_step_s
            return min(over, MOST_STEPS) * self.limits.slow_step_s

    def claim(self, sender: Sender, is_pdf: bool, size_bytes: int) -> Claim:
        """Room for a file of so many announced bytes; raises OverAllowance, which says nothing of whom."""
        tag = self._tag(sender)
        with self._lock:
            person = self._person(tag)
            claim = Claim(self, tag, self._day, is_pdf and self._goes_apart(person, size_bytes))
        self.change(claim, size_bytes)
        return claim

    def change(self, claim: Claim, size_bytes: int) -> None:
        """Makes a claim larger or smaller; raises OverAllowance where there is no room, and it stays as it was."""
        with self._lock:
            person, more_bytes = self._person(claim.person), size_bytes - claim.claimed_bytes
            if claim.day == self._day:  # what was begun yesterday was yesterday's
                self._use(person, claim.large_pdf, more_bytes)
            claim.claimed_bytes = size_bytes

    def may_try(self, sender: Sender) -> bool:
        """Whether a receipt of this person may be looked up now; if not, it must not be, not even a right one."""
        with self._lock:
            self._forget_hour()
            tag = self._tag(sender)
            mine = sum(who == tag for _, who, _ in self._wrong)
            is_open = len(self._wrong) < self.limits.all_wrong_receipts_per_hour
            return is_open and mine < self.limits.wrong_receipts_per_hour

    def was_wrong(self, sender: Sender, code_tag: bytes) -> None:
        """A receipt was looked up and is none; a right one counts nothing, one that came twice in the hour once."""
        tag, code = self._tag(sender), locks.tag(self._secret, "tried", code_tag)
        with self._lock:
            if (tag, code) not in ((who, tried) for _, who, tried in self._wrong):
                self._wrong.append((self._clock(), tag, code))

    def _use(self, person: _Person, large_pdf: bool, more_bytes: int) -> None:
        own = person.large_pdf_bytes if large_pdf else person.media_bytes
        most = self.limits.large_pdf_bytes if large_pdf else self.limits.media_bytes
        is_over = own + more_bytes > most or self._all_media_bytes + more_bytes > self.limits.all_media_bytes
        if more_bytes > 0 and is_over:
            raise OverAllowance("a file beyond what is taken in one day")
        self._all_media_bytes = max(0, self._all_media_bytes + more_bytes)
        if large_pdf:  # of somebody who was forgotten meanwhile, nothing can be given back
            person.large_pdf_bytes = max(0, own + more_bytes)
        else:
            person.media_bytes = max(0, own + more_bytes)

    def _goes_apart(self, person: _Person, size_bytes: int) -> bool:
        is_large = size_bytes > _SMALL_BYTES or person.media_bytes + size_bytes > self.limits.media_bytes
        return is_large and not person.large_pdf_bytes

    def _may_hurry(self) -> bool:
        now = self._clock()
        while self._urgent and not now - HOUR_S < self._urgent[0] <= now:  # a clock can be set back
            self._urgent.popleft()
        if len(self._urgent) >= self.limits.urgent_per_hour:
            return False
        self._urgent.append(now)
        return True

    def _forget_hour(self) -> None:
        now = self._clock()
        while self._wrong and not now - HOUR_S < self._wrong[0][0] <= now:
            self._wrong.popleft()

    def _person(self, tag: bytes) -> _Person:
        """What somebody has used today, touched last of all."""
        today = day_of(self._clock())
        if today != self._day:
            self._day, self._all_media_bytes = today, 0
            self._people.clear()
        person = self._people.setdefault(tag, _Person())
        self._people.move_to_end(tag)
        if len(self._people) > self.limits.people:
            self._people.popitem(last=False)
        return person

    def _tag(self, sender: Sender) -> bytes:
        return locks.tag(self._secret, "allowance", canonical.dumps(sender))
