"""The link process's handling of answers, over a relay in a folder."""

from relay import downlink
from relay.downlink import STATUS_WAIT_S, Downlink, Keys, Notices, Pace, ReplySender
from relay.events import Event, Sender, Update
from relay.whatsapp import Buttons, Payload, Template
from sync.clock import DAY_S
from sync.db import transaction
from sync.exchange import Opened
from sync.messages import Message, PublicState, Reply, Settled, decode
from sync.outbox import Retry
from sync.sealing import envelopes
from tests.relay.builders import JNP_BOX, RELAY_ID, SENDER, FakeRelay, a_book, node_keys

HANDLE, KEY = "a" * 32, bytes(range(32))
PACE = Pace(300, 3600, (21, 8), DAY_S)


def button_of(payload: Payload) -> str:
    """The id of the only button."""
    if isinstance(payload, Template):
        (button,) = payload.payloads
        return button
    assert isinstance(payload, Buttons)
    (choice,) = payload.buttons
    return choice.id


class Desk:
    """The link process's two halves, sharing keys in memory; made anew after a restart."""

    def __init__(self, relay: FakeRelay, pace: Pace = PACE) -> None:
        self.relay, self.pace = relay, pace
        self.restart()

    def restart(self) -> None:
        """Memory is lost."""
        relay, self.keys = self.relay, Keys()
        self.downlink = Downlink(
            relay.epochs, relay.vault(), a_book().catalogue, self.keys, self.pace, relay.rng
        )
        self.sender = ReplySender(
            relay.conn, relay.vault(), relay.epochs, relay.whatsapp, Notices(a_book().phrases, "satark_update"),
            self.keys, self.pace, relay.clock, Retry(2, 300), relay.rng,
        )  # fmt: skip

    def keep(self, handle: str = HANDLE, sender: Sender = SENDER, language: str = "hi") -> None:
        """An informant who can be reached."""
        self.relay.vault().keep(handle, KEY, sender, language, self.relay.now)

    def take(self, message: Message, node: str = JNP_BOX) -> None:
        """What the exchange does with a command."""
        purpose = "state" if isinstance(message, PublicState) else "reply"
        envelope = envelopes.sign(purpose, (), node_keys()[node].signing, node, RELAY_ID, "m" * 32)
        handler = self.downlink.state if purpose == "state" else self.downlink.reply
        with transaction(self.relay.conn):
            handler(self.relay.conn, Opened(node, envelope, {"message": message}, b""), self.relay.now)

    def order(self, handle: str = HANDLE, number: int = 1, node: str = JNP_BOX) -> None:
        """The answer that work has begun."""
        self.take(Reply(1, handle, KEY, number, "taken_up", ()), node)

    def run(self) -> None:
        """Everything due now."""
        while self.sender.step():
            pass

    def later(self, seconds: float = DAY_S) -> None:
        """Time passes, and what is due is done, the second time what the quiet hours put off."""
        for _ in range(2):
            self.relay.told_time.now += seconds
            self.run()

    def wait_for_statuses(self) -> None:
        """As long as WhatsApp has to say that something failed after all."""
        self.relay.told_time.now += STATUS_WAIT_S
        self.run()

    def fail(self, code: int) -> None:
        """WhatsApp's status on the last thing sent: the web process and intake take it."""
        opaque = self.relay.whatsapp.sent[-1].opaque
        event = Event("status", "100", None, 0, status="failed", opaque=opaque, error_code=code)
        self.relay.put(Update(f"failed {opaque}", event))
        while self.relay.engine.step():
            pass

    @property
    def got(self) -> list[tuple[Sender, str]]:
        """What informants read who tap what they were sent; "" where nothing is left to read."""
        return [(sent.to, self.read(button_of(sent.payload)) or "") for sent in self.relay.whatsapp.sent]

    def read(self, button: str) -> str | None:
        """What a tap shows."""
        found = downlink.read_choice(button, ("hi", "en"))
        assert found is not None
        return downlink.read(self.relay.conn, self.relay.epochs, a_book().catalogue, *found)

    @property
    def templates(self) -> list[Template]:
        """What was sent to those who were silent for a day."""
        return [sent.payload for sent in self.relay.whatsapp.sent if isinstance(sent.payload, Template)]

    def states(self) -> list[str]:
        """Of all answers."""
        return [
            row[0] for row in self.relay.conn.execute("select state from reply order by handle, reply_no")
        ]

    def settled(self) -> list[tuple[str, Settled]]:
        """What boxes are told."""
        rows = self.relay.conn.execute(
            "select recipient, content from outbox where purpose='settled' order by rowid"
        )
        found = [(row[0], decode("settled", "message", row[1])) for row in rows]
        return [(node, message) for node, message in found if isinstance(message, Settled)]
