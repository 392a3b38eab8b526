"""Everything one simulator holds, put together."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from relay.simulator.approved import Templates
from relay.simulator.clock import Clock
from relay.simulator.config import Config, Line
from relay.simulator.delivery import Outlet
from relay.simulator.media import MediaStore
from relay.simulator.people import People
from relay.simulator.rates import Newcomers, PairRate, Throughput
from relay.simulator.switches import Switches
from relay.simulator.webhooks import Poster


@dataclass
class World:
    """The simulated WhatsApp. `lock` guards all state; nothing is posted while it is held."""

    config: Config
    clock: Clock
    rng: random.Random
    people: People
    media: MediaStore
    outlet: Outlet
    switches: Switches
    templates: Templates = field(default_factory=Templates)
    pairs: PairRate = field(default_factory=PairRate)
    throughput: Throughput = field(default_factory=Throughput)
    newcomers: Newcomers = field(default_factory=Newcomers)
    sends: Counter[str] = field(default_factory=Counter)  # what the relay sent: accepted, or the error code
    lock: threading.RLock = field(default_factory=threading.RLock)
    base_url: str = ""
    media_url: str = ""  # files are fetched from another port, as Meta has another host for them

    def line(self, phone_number_id: str) -> Line | None:
        """The business number with this Graph API id."""
        return next((each for each in self.config.lines() if each.phone_number_id == phone_number_id), None)

    def mime_of(self, media_id: str) -> str | None:
        """The type of a stored file, None when there is none."""
        file = self.media.get(media_id, self.clock())
        return None if file is None else file.mime

    def address_of(self, media_id: str) -> str:
        """A full address of a file, good for five minutes."""
        return self.media_url + self.media.address(media_id, self.clock())


def new_world(config: Config, real_clock: Callable[[], float]) -> World:
    """A world without people; `real_clock` gives UTC epoch seconds."""
    rng = random.Random(config.seed)
    poster = Poster(config.webhook_url, config.app_secret, config.retry_delays_s, config.answer_timeout_s)
    return World(
        config=config,
        clock=Clock(real_clock),
        rng=rng,
        people=People(config.lines(), rng),
        media=MediaStore(rng),
        outlet=Outlet(poster, config.seed),
        switches=Switches.of(config),
    )
