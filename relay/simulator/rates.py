"""How often one business number may write to one person."""

from dataclasses import dataclass, field

BURST = 45
REFILL_S = 6.0


@dataclass
class PairRate:
    """45 messages at once, then one every 6 seconds, per pair of names (code 131056)."""

    _buckets: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def take(self, sender: str, receiver: str, now: float) -> bool:
        """Count one message; False (and nothing counted) when the pair has used what it had."""
        left, since = self._buckets.get((sender, receiver), (float(BURST), now))
        left = min(float(BURST), left + max(0.0, now - since) / REFILL_S)
        if left < 1.0:
            self._buckets[sender, receiver] = (left, now)
            return False
        self._buckets[sender, receiver] = (left - 1.0, now)
        return True
