"""When a held report goes: all that was told in one slot of the clock goes together, and says the same hour.

Waits drawn for each report alone would keep most of the order in which people wrote, and who knows when every phone
wrote gets much from an order (docs/decisions/0016-release-slots.md).
"""

import math
from dataclasses import dataclass

from sync.clock import hour_of


@dataclass(frozen=True)
class Pace:
    """How long a report is held, seconds: until its slot ends, then the undo window.

    ``jitter_max_s``: length of a slot, counted from the full hour, so the longest wait beside the undo window. With 0
    every report goes by itself.
    """

    undo_s: float
    jitter_max_s: float

    def release_at(self, now: float, later_s: float = 0.0) -> float:
        """When a report told ``now`` goes; ``later_s`` more, rounded up to whole slots."""
        if self.jitter_max_s <= 0:
            return now + later_s + self.undo_s
        slots = now // self.jitter_max_s + 1 + math.ceil(later_s / self.jitter_max_s)
        return slots * self.jitter_max_s + self.undo_s

    def hour(self, release_at: float) -> int:
        """The hour that a report says which goes at ``release_at``: of its slot, so it tells no more than the slot."""
        return hour_of(release_at - self.undo_s - self.jitter_max_s / 2)
