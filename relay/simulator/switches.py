"""What a test can change about WhatsApp's behaviour while it runs."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from relay.simulator.config import ALL_STATUSES, STATUSES, Config
from relay.simulator.errors import Misuse
from relay.simulator.media import FAULTS

LATE = "late"
PAYMENT = ("ok", "refused", "failed")


class BadSwitch(Misuse):
    """A switch that does not exist or cannot take this value."""


@dataclass
class Switches:
    """Knobs of POST /sim/switches.

    statuses         which of sent, delivered, read, played follow a message of the relay, in this order, the same
                     one twice if listed twice; [] for none. played: voice and audio only
    status_delay_s   pause before the first status and between one and the next
    status_repeat    how many extra times each status is sent
    status_shuffle   whether the statuses of one message lose their order
    pair_rate        whether 131056 guards each pair of numbers
    throughput_per_s how many messages a business number may send per second before 130429; 0 for no limit
    new_people_a_day how many people outside the 24 hours templates may reach in a day (131048); 0 for no limit
    window           whether 131047 guards the 24 hours after the phone last wrote; late: accepts, then reports
                     status failed with 131047, and the phone gets nothing
    payment          ok; refused: answers 131042; failed: accepts, then reports status failed with 131042
    fail_next        error codes with which the next sends are refused, in order; 500 to 599: that HTTP status
                     and a page of HTML instead, as from a machine in between
    fail_later       error codes with which the next messages that were taken fail afterwards, in order; the phone
                     gets nothing; 0 lets one pass
    silent_next      how many of the next sends are done, but answered with a broken connection
    send_slow_s      pause before each answer to a send, after it was done
    media_fail_next  error codes with which the next questions about files are refused, in order
    media_faults     faults (media.FAULTS) of the next files people send, in order; "" lets one pass
    media_not_found  how many of the next downloads answer 404 although the address is good
    media_slow_s     pause before each download
    media_truncate   send only half of the next n downloads
    """

    statuses: list[str] = field(default_factory=lambda: list(STATUSES))
    status_delay_s: float = 0.0
    status_repeat: int = 0
    status_shuffle: bool = False
    pair_rate: bool = True
    throughput_per_s: int = 80
    new_people_a_day: int = 0
    window: bool | str = True
    payment: str = "ok"
    fail_next: list[int] = field(default_factory=list)
    fail_later: list[int] = field(default_factory=list)
    silent_next: int = 0
    send_slow_s: float = 0.0
    media_fail_next: list[int] = field(default_factory=list)
    media_faults: list[str] = field(default_factory=list)
    media_not_found: int = 0
    media_slow_s: float = 0.0
    media_truncate: int = 0

    @classmethod
    def of(cls, config: Config) -> "Switches":
        """As the configuration wants them at the start."""
        return cls(
            statuses=list(config.statuses),
            pair_rate=config.pair_rate,
            throughput_per_s=config.throughput_per_s,
        )

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
    if isinstance(value, int | float) and value < 0:
        raise BadSwitch(f"{name} is not negative, unlike {value!r}")
    if name in _AMONG and (strange := _strange(value, _AMONG[name])):
        raise BadSwitch(f"{name} is among {_AMONG[name]}, unlike {strange}")
    if name in _CODES and isinstance(value, list) and not all(type(each) is int for each in value):
        raise BadSwitch(f"{name} is a list of error codes, not {value!r}")


def _strange(value: object, known: tuple[str, ...]) -> list[object]:
    values = value if isinstance(value, list) else [value]
    return [each for each in values if each not in known]


_AMONG = {"payment": PAYMENT, "statuses": ALL_STATUSES, "media_faults": ("", *FAULTS)}
_CODES = ("fail_next", "fail_later", "media_fail_next")
