"""Topic names and the broker's access list, which is generated from the directory: node ids and nothing else."""

import re
from collections.abc import Iterable

from sync.errors import Unreadable

ROOT = "satark/1"
_TOPIC = re.compile(rf"{ROOT}/([a-z0-9-]+)/([a-z0-9-]+)")


def topic(recipient: str, sender: str) -> str:
    """Where ``sender`` writes for ``recipient``."""
    return f"{ROOT}/{recipient}/{sender}"


def inbox(node: str) -> str:
    """The subscription of ``node``: everything written for it."""
    return f"{ROOT}/{node}/+"


def sender_of(name: str, recipient: str) -> str:
    """Who wrote to the topic ``name`` of ``recipient``; raises Unreadable on any other topic."""
    match = _TOPIC.fullmatch(name)
    if match is None or match[1] != recipient:
        raise Unreadable("a message on a topic that is not ours")
    return match[2]


def access_list(nodes: Iterable[str]) -> str:
    """A Mosquitto ACL file: each node reads its own inbox and writes to others' under its own name; no $SYS."""
    lines = ["# Generated from the directory by satark; edit the directory, not this file."]
    for node in sorted(nodes):
        lines += ["", f"user {node}", f"topic read {ROOT}/{node}/+", f"topic write {ROOT}/+/{node}"]
        lines += ["topic deny $SYS/#"]
    return "\n".join(lines) + "\n"
