"""What one act of a person consists of, before it has an id and a time."""

from dataclasses import dataclass
from typing import Any

from relay.simulator.errors import Misuse
from relay.simulator.phone import Shown


class BadAct(Misuse):
    """Something a phone cannot do."""


@dataclass(frozen=True)
class Content:
    """`part` is what the update says beside sender, id and time; `shown` stands in the chat, None for nothing new."""

    part: dict[str, Any]
    shown: Shown | None = None
    quote: str = ""
    renews_window: bool = True
