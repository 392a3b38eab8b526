"""Settings of one simulator, all with defaults that suit a test on one machine."""

import secrets
from dataclasses import dataclass, field

STATUSES = ("sent", "delivered", "read")
ALL_STATUSES = (*STATUSES, "played")


@dataclass(frozen=True)
class Line:
    """One business number: its Graph API id and the number citizens see."""

    phone_number_id: str
    display_number: str


@dataclass(frozen=True)
class Config:
    """What the simulator shares with the relay, and how it behaves.

    webhook_url      where updates are posted; empty until known (POST /sim/webhook sets it)
    phone_number_ids the business numbers; the first is where a new phone writes unless told otherwise
    retry_delays_s   pauses before the 2nd, 3rd, ... attempt at an update that was not answered with 200
                     (WhatsApp's seven days, compressed); after the last one the update is lost
    answer_timeout_s how long one POST waits for its answer
    wait_s           how long a control call waits for its updates to be answered before it reports so
    statuses         which statuses follow a message the relay sent
    pair_rate        45 messages at once to one phone, then one per 6 s; off for load tests
    throughput_per_s messages one business number may send per second; 80, or 1,000 after Meta's upgrade; 0: no limit
    seed             of ids, numbers and shuffles; a fresh one each time unless given, because a simulator that
                     was restarted must not mint the message ids of its former life again
    """

    webhook_url: str = ""
    app_secret: str = "simulated-app-secret"  # noqa: S105  # known to both sides of a simulation, guards nothing
    verify_token: str = "simulated-verify-token"  # noqa: S105  # same
    access_token: str = "simulated-access-token"  # noqa: S105  # same
    phone_number_ids: tuple[str, ...] = ("106540352242922",)
    retry_delays_s: tuple[float, ...] = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 10.0, 10.0, 20.0)
    answer_timeout_s: float = 5.0
    wait_s: float = 8.0
    statuses: tuple[str, ...] = STATUSES
    pair_rate: bool = True
    throughput_per_s: int = 80
    seed: int = field(default_factory=lambda: secrets.randbits(32))

    def lines(self) -> tuple[Line, ...]:
        """The business numbers, each with a fake number to show."""
        return tuple(
            Line(name, f"1555078{3881 + place:04d}") for place, name in enumerate(self.phone_number_ids)
        )
