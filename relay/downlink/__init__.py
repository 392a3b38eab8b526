"""Answers to informants: typed commands of a box, checked, delayed, offered from memory, forgotten.

What goes to the phone says only that there is a message, with one button; the words stay here, under the epoch key,
until they are seven days old, and are shown to whoever taps. Nothing on disk says whether anybody did. The report key
and the number are only in memory: after a restart the box sends its unsettled commands again.

WhatsApp may take a message and refuse it later, in a status. Until then it is ``sent``, and which answer hides behind
the opaque id of a status is known in memory only. What perhaps went is never sent again: rather none than two.
"""

from relay.downlink.commands import BUDGET, Downlink
from relay.downlink.pace import AT_ONCE_S, STATUS_WAIT_S, Pace
from relay.downlink.reading import READ, erase_old, read, read_choice
from relay.downlink.rows import Keys
from relay.downlink.sending import Notices, ReplySender
from relay.downlink.settling import SETTLED_EACH

__all__ = [
    "AT_ONCE_S", "BUDGET", "READ", "SETTLED_EACH", "STATUS_WAIT_S", "Downlink", "Keys", "Notices", "Pace",
    "ReplySender", "erase_old", "read", "read_choice",
]  # fmt: skip
