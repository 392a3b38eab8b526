"""Evidence: fetched from WhatsApp by workers, cleaned, sealed under a key of its own, and handed to the dialogue."""

from relay.evidence.fetcher import Fetcher, Wanted, queue
from relay.evidence.kinds import LIMIT_BYTES, kind_of
from relay.evidence.taking import RESERVE_BYTES

__all__ = ["LIMIT_BYTES", "RESERVE_BYTES", "Fetcher", "Wanted", "kind_of", "queue"]
