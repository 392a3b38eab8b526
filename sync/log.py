"""The relay's log of what it released: one hash chain per recipient, so that a report cannot vanish unseen.

leaf = H(index ‖ hour ‖ H(envelope)); head(n) = H(head(n-1) ‖ leaf). ``relay`` appends in the transaction that
releases a report; whoever holds the leaves can recompute a head that the relay signed in its hello.
"""

import struct
from collections.abc import Iterable
from hashlib import sha256

EMPTY = b""
SCHEMA = """
create table log_leaf(
    recipient text not null,        -- node the report went to
    log_index integer not null,     -- dense from 0 per recipient
    leaf blob not null,
    head blob not null,             -- head of the chain after this leaf
    primary key(recipient, log_index)
) strict, without rowid
"""


def leaf(index: int, hour: int, envelope_hash: bytes) -> bytes:
    """The leaf of one released report; ``hour`` is the hour of release since the epoch."""
    return sha256(b"satark/1 leaf\0" + struct.pack(">QQ", index, hour) + envelope_hash).digest()


def extend(head: bytes, new_leaf: bytes) -> bytes:
    """The head after one more leaf."""
    return sha256(b"satark/1 head\0" + head + new_leaf).digest()


def head_of(leaves: Iterable[bytes]) -> bytes:
    """The head of a whole log; EMPTY for none."""
    head = EMPTY
    for one in leaves:
        head = extend(head, one)
    return head
