"""What a test can change about WhatsApp's behaviour while it runs."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from relay.simulator.config import STATUSES, Config
from relay.simulator.errors import Misuse

LATE = "late"
PAYMENT = ("ok", "refused", "failed")


class BadSwitch(Misuse):
    """A switch that does not exist or cannot take this value."""


@dataclass
class Switches:
    """Knobs of POST /sim/switches.

    statuses         which of sent, delivered, read follow a message of the relay; [] for none
    pair_rate        whether 131056 guards each pair of numbers
    window           whether 131047 guards the 24 hours after the phone last wrote; late: accepts, then reports
                     status failed with 131047, and the phone gets nothing
    payment          ok; refused: answers 131042; failed: accepts, then reports status failed with 131042
    fail_next        error codes with which the next sends are refused, in order
    media_not_found  how many of the next downloads answer 404 although the address is good
    media_slow_s     pause before each download
    media_truncate   send only half of the next n downloads
    """

    statuses: list[str] = field(default_factory=lambda: list(STATUSES))
    pair_rate: bool = True
    window: bool | str = True
    payment: str = "ok"
    fail_next: list[int] = field(default_factory=list)
    media_not_found: int = 0
    media_slow_s: float = 0.0
    media_truncate: int = 0

    @classmethod
    def of(cls, config: Config) -> "Switches":
        """As the configuration wants them at the start."""
        return cls(statuses=list(config.statuses), pair_rate=config.pair_rate)

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the named switches, all or none; raises BadSwitch."""
        known = {each.name for each in fields(self)}
        if strange := wanted.keys() - known:
            raise BadSwitch(f"no such switch: {sorted(strange)}; there are {sorted(known)}")
        for name, value in wanted.items():
            _check(name, value, getattr(self, name))
        for name, value in wanted.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """Their present values."""
        return asdict(self)


def _check(name: str, value: object, present: object) -> None:
    if name == "window":
        if value is not True and value is not False and value != LATE:
            raise BadSwitch(f"window is true, false or {LATE!r}, not {value!r}")
        return
    same_kind = isinstance(value, int | float) if isinstance(present, float) else type(value) is type(present)
    if not same_kind:
        raise BadSwitch(f"{name} takes a {type(present).__name__}, not {value!r}")
    if name == "payment" and value not in PAYMENT:
        raise BadSwitch(f"payment is one of {PAYMENT}, not {value!r}")
    if name == "statuses" and isinstance(value, list) and any(each not in STATUSES for each in value):
        raise BadSwitch(f"statuses are among {STATUSES}, not {value!r}")
