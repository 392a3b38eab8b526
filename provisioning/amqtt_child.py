"""Runs amqtt, a broker in Python, as a process of its own: ``python -m provisioning.amqtt_child conf.json``.

For the demo and for tests on machines without Mosquitto. It speaks MQTT 3.1.1 without TLS on the loopback, keeps its
queues in memory only, and enforces the access rules of ``sync/topics.py``. Nobody reads another's messages there, but
whoever can dial it can disturb another's session: amqtt looks up the session before it asks who is calling.
"""

import asyncio
import hmac
import json
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin

from sync import topics


def may(node: str, action: Action, name: str) -> bool:
    """Whether a node may subscribe to, receive from or publish to ``name``: the access list, as a function."""
    if action == Action.SUBSCRIBE:
        return name == topics.inbox(node)
    recipient, _, sender = name.removeprefix(f"{topics.ROOT}/").partition("/")
    if "/" in sender or name != topics.topic(recipient, sender):
        return False
    return node == (sender if action == Action.PUBLISH else recipient)


class NamedNodes(BaseAuthPlugin):  # type: ignore[misc]  # amqtt ships no type information
    """Lets in who knows a node's password, under that node's own session only."""

    @dataclass
    class Config:
        """Passwords by node id."""

        passwords: dict[str, str] = field(default_factory=dict)

    async def authenticate(self, *, session: Any) -> bool:
        """As amqtt asks it; a session of another's name would be handed that node's queue."""
        password = self.config.passwords.get(session.username or "")
        if password is None or session.client_id != session.username:
            return False
        return hmac.compare_digest(password.encode(), (session.password or "").encode())


class NodeTopics(BaseTopicPlugin):  # type: ignore[misc]  # amqtt ships no type information
    """Keeps every node to its own inbox and its own name."""

    async def topic_filtering(
        self, *, session: Any = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """As amqtt asks it."""
        if session is None or not session.username or topic is None or action is None:
            return False
        return may(session.username, action, topic)


def configuration(host: str, port: int, passwords: dict[str, str]) -> dict[str, Any]:
    """amqtt's own configuration; it loads our two plugins by name."""
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}"}},
        "plugins": {
            f"{NamedNodes.__module__}.NamedNodes": {"passwords": passwords},
            f"{NodeTopics.__module__}.NodeTopics": {},
        },
    }


async def serve(conf: dict[str, Any]) -> None:
    """Runs the broker until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    broker = Broker(configuration(conf["host"], conf["port"], conf["passwords"]))
    await broker.start()
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    # Under its importable name, so that the plugins amqtt loads are those of this run.
    from provisioning import amqtt_child

    asyncio.run(amqtt_child.serve(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
