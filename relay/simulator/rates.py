"""How often one business number may write: to one person, per second, to people who did not ask."""

from dataclasses import dataclass, field

BURST = 45
REFILL_S = 6.0
DAY_S = 86_400.0


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


@dataclass
class Throughput:
    """So many messages per second and business number (code 130429), counted in whole seconds."""

    _second: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, sender: str, per_second: int, now: float) -> bool:
        """Count one message; False (and nothing counted) when this second is full. `per_second` 0: no limit."""
        second, sent = self._second.get(sender, (0, 0))
        sent = sent if second == int(now) else 0
        if per_second and sent >= per_second:
            return False
        self._second[sender] = (int(now), sent + 1)
        return True


@dataclass
class Newcomers:
    """How many different people the business may address by itself in 24 hours (code 131048)."""

    _since: dict[str, float] = field(default_factory=dict)

    def take(self, receiver: str, most: int, now: float) -> bool:
        """Count `receiver`; False when `most` others were addressed within a day. `most` 0: no limit."""
        if most:
            self._since = {name: at for name, at in self._since.items() if now - at < DAY_S}
        if most and receiver not in self._since and len(self._since) >= most:
            return False
        self._since.setdefault(receiver, now)
        return True
