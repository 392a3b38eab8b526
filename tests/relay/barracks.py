"""A relay with a second number, an officer and a box, as the tests of duties use them."""

import random
from dataclasses import replace
from pathlib import Path

from relay import processes
from relay.duty import answers, rows
from relay.duty.letters import DutySender
from relay.events import Event, Sender, Update
from relay.limits import Buttons, Template
from sync import notices
from sync.db import transaction
from sync.exchange import Opened
from sync.messages import Duty, DutyAnswer, Message, decode
from sync.outbox import Parcel
from sync.sealing import envelopes
from tests.relay.builders import JNP_BOX, RELAY_ID, FakeRelay, a_book, body_of, node_keys

SECOND = "200"
OFFICER = Sender("", "919800000001")
STRANGER = Sender("", "919800000002")
NAME = "d" * 32
DUTY = Duty(
    1, NAME, "+919800000001", "en", "JNP-2026-00417", "JNP-10", "restricted", "urgent", "Look at the old mill"
)
SAID = notices.load(a_book().catalogue, a_book().directory)


class Barracks:
    """A relay with a second number, the boxes that give duties, and whoever writes to that number."""

    def __init__(self, folder: Path, rng: random.Random, number_id: str = SECOND) -> None:
        self.relay = FakeRelay(folder, rng, duty_phone_number_id=number_id)
        self.orders = processes.duty_orders(self.relay, a_book())
        self.written = 0
        if number_id:
            letters = processes.duty_letters(self.relay, a_book())
            self.sender = DutySender(self.relay.conn, letters, self.relay.whatsapp, self.relay.clock)

    def order(self, message: Message, node: str = JNP_BOX) -> None:
        """What the exchange does with a box's message, then everything due."""
        purpose = "duty" if isinstance(message, Duty) else "duty_over"
        envelope = envelopes.sign(purpose, (), node_keys()[node].signing, node, RELAY_ID, "m" * 32)
        handler = self.orders.duty if purpose == "duty" else self.orders.over
        with transaction(self.relay.conn):
            handler(self.relay.conn, Opened(node, envelope, {"message": message}, b""), self.relay.now)
        self.run()

    def run(self) -> None:
        """Everything due now."""
        self.relay.run()
        while self.sender.step():
            pass

    def hear(self, who: Sender | None, kind: str, **more: object) -> None:
        """Something comes to the second number."""
        self.written += 1
        event = replace(Event(kind, SECOND, who, int(self.relay.now)), **more)  # type: ignore[arg-type]  # tests
        self.relay.put(Update(f"update {self.written}", event))
        self.run()

    def write(self, text: str, who: Sender = OFFICER) -> None:
        self.hear(who, "text", text=text)

    def tap(self, act: str, who: Sender = OFFICER, token: str = "") -> None:
        """Taps a button of the newest notice."""
        self.hear(who, "tap", choice=f"duty|{token or self.token}|{act}")

    def fail(self, code: int, at: int = -1) -> None:
        """WhatsApp's later word on a message."""
        opaque = self.relay.whatsapp.sent[at].opaque
        self.hear(None, "status", status="failed", opaque=opaque, error_code=code)

    def status(self, status: str, at: int = -1) -> None:
        """WhatsApp says how far a message is."""
        self.hear(None, "status", status=status, opaque=self.relay.whatsapp.sent[at].opaque)

    @property
    def token(self) -> str:
        ids = [
            b.id
            for s in self.relay.whatsapp.sent
            if isinstance(s.payload, Buttons)
            for b in s.payload.buttons
        ]
        return ids[-1].split("|")[1]

    @property
    def got(self) -> list[tuple[Sender, str]]:
        """Words that went to anybody."""
        sent = [s for s in self.relay.whatsapp.sent if not isinstance(s.payload, Template)]
        return [(one.to, body_of(one.payload)) for one in sent]

    @property
    def told(self) -> list[tuple[str, str, str]]:
        """What boxes will open: (box, kind, text)."""
        return [(node, answer.kind, answer.text) for node, answer in self.answers()]

    def held(self) -> list[rows.Held]:
        """What the relay keeps of live duties."""
        names = self.relay.conn.execute("select name from duty where locked is not null").fetchall()
        found = [rows.get(self.relay.conn, self.relay.epochs, row["name"]) for row in names]
        return [row.held for row in found if row is not None and row.held is not None]

    def answers(self) -> list[tuple[str, DutyAnswer]]:
        query = "select message_id, recipient, content from outbox where purpose='duty_answer' order by rowid"
        found = []
        for row in self.relay.conn.execute(query).fetchall():
            parcel = Parcel(row["message_id"], row["recipient"], "duty_answer", 1, row["content"], 0)
            envelope = envelopes.read(answers.signed(self.relay.identity(), parcel))
            keys = node_keys()[row["recipient"]]
            find = envelopes.keys_by_id(keys.body).get
            answer = decode("duty_answer", "message", envelopes.open_part(envelope, "message", find))
            assert isinstance(answer, DutyAnswer)
            found.append((row["recipient"], answer))
        return found
