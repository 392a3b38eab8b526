"""Commands to other nodes: typed, locked under the field key, put into the outbox; link seals and sends them."""

from appliance.desk import Desk
from sync import canonical, outbox
from sync.directory import RELAY
from sync.errors import ConfigError
from sync.sealing import locks


def put(desk: Desk, recipient: str, purpose: str, lane: int, command: object, now: float) -> str:
    """Queues ``command`` (a frozen dataclass) in the caller's transaction; gives its message id."""
    message_id = desk.new_id()
    content = locks.lock(desk.field_key, canonical.dumps(command), f"outbox:{message_id}")
    outbox.put(desk.conn, outbox.Parcel(message_id, recipient, purpose, lane, content, int(now)))
    return message_id


def relay_of(desk: Desk) -> str:
    """The node that writes to informants; raises ConfigError when the directory names none."""
    relays = desk.directory.of_role(RELAY)
    if not relays:
        raise ConfigError("the directory names no relay", hint="Take a newer directory from the authority")
    return relays[0].id
