"""The bot's messages: written in the transaction of the step that says them, sent in order per person.

Each has a row before it is sent. When nobody can say whether it went, a status with its opaque id settles that; only
without one is it sent again, once (``docs/decisions/0011-unknown-outcomes.md``).
"""

from relay.chat.lanes import Lanes
from relay.chat.messages import Saying, payload_of, queue
from relay.chat.sender import ChatSender
from relay.chat.statuses import note_status

__all__ = ["ChatSender", "Lanes", "Saying", "note_status", "payload_of", "queue"]
