"""A relay in a folder: real databases and keys, a signed directory of two boxes and a range, a clock that is told."""

import hmac
import json
import random
import sqlite3
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from werkzeug.test import Client

from relay import config, phrases, processes, spool, wsgi
from relay.dialogue import Book, Say, Told
from relay.epochs import EpochStore
from relay.events import Event, MediaRef, Sender, Update
from relay.migrations import relay_db, vault_db
from relay.processes import Relay
from relay.spool import Item, Spool
from relay.submission import Pace, Submission, Undone
from relay.whatsapp import Buttons, Payload, Rows, Text
from sync import catalogue, directory
from sync.clock import HOUR_S
from sync.db import open_db, transaction
from sync.directory import DISTRICT, RANGE, RELAY, Directory, Node
from sync.exchange import Identity
from sync.messages import Contact, Manifest, ReportBody, decode
from sync.sealing import envelopes
from sync.sealing.envelopes import SealedPart
from sync.sealing.keys import SigningKey
from tests import databases
from tests.fakes import FakeWhatsApp
from tests.relay import talk
from tests.stations import FakeClock, Keys

RELAY_ID, JNP_BOX, GZP_BOX, RANGE_ID = "n0000000a", "n0000000b", "n0000000c", "n0000000d"
ROLES = {
    RELAY_ID: (RELAY, None),
    JNP_BOX: (DISTRICT, "JNP"),
    GZP_BOX: (DISTRICT, "GZP"),
    RANGE_ID: (RANGE, None),
}
NUMBER = "919812345678"
SENDER = Sender("", NUMBER)
UNDO_S, JITTER_S = 300.0, 1800.0

SETTINGS: dict[str, object] = {
    "node_id": RELAY_ID,
    "role": "relay",
    "broker": "127.0.0.1:1883",
    "broker_tls": False,
    "broker_user": "relay",
    "broker_password": "x",
    "app_secret": "secret",
    "verify_token": "word",
    "graph_token": "token",
    "phone_number_id": "100",
    "runtime_dir": "run",
    "epoch_store": "../epochs",
}

HINDI_REPORT = (
    "नमस्ते",
    "language|hi",
    "category|drugs",
    "police|no",
    "partial|yes",
    "drugs.what|ganja",
    "drugs.act|sale",
    "लाल शर्ट वाला रामू",
    "drugs.when|night",
    "drugs.source|self",
    "evidence|next",
    "district|JNP",
    "thana|JNP-10",
    "मिल के पीछे",
    "now|no",
    "fear|no",
    "contact|push",
    "summary|send",
)
"""What a person does, one after the other: words, or a tap (step and code)."""
TO_EVIDENCE, FROM_EVIDENCE = HINDI_REPORT[:10], HINDI_REPORT[10:]


@cache
def node_keys() -> dict[str, Keys]:
    """One set for the whole run: making them costs more than using them."""
    return {node: Keys.generate() for node in ROLES}


@cache
def a_directory() -> Directory:
    """Jaunpur and Ghazipur with their boxes, Chandauli without one, and the range."""
    plain = talk.directory()
    boxes = {"JNP": JNP_BOX, "GZP": GZP_BOX}
    districts = tuple(replace(d, node=boxes.get(d.code, "n000000ff")) for d in plain.districts)
    return replace(plain, districts=districts, nodes=tuple(_node(node) for node in ROLES))


def _node(node: str) -> Node:
    keys, (role, district) = node_keys()[node], ROLES[node]
    body, contact = (None, None) if role == RELAY else (keys.body.public.raw, keys.contact.public.raw)
    return Node(node, role, district, keys.signing.public.raw, body, contact)


@cache
def a_book() -> Book:
    """The product's catalogue and phrases with that directory."""
    return Book(catalogue.load(), a_directory(), phrases.load())


def toml(settings: dict[str, object]) -> str:
    """A configuration file; JSON writes texts, numbers and flags as TOML does."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in settings.items())


def write_settings(root: Path, settings: dict[str, object]) -> None:
    """The settings into config.toml, the secrets among them into their files."""
    (root / "secrets").mkdir(exist_ok=True)
    for name in config.SECRETS:
        if name in settings:
            (root / "secrets" / name).write_text(str(settings[name]))
    kept = {key: value for key, value in settings.items() if key not in config.SECRETS}
    (root / "config.toml").write_text(toml(kept), encoding="utf-8")


def enrol(root: Path, **changes: object) -> Path:
    """Writes what the authority gives a relay, with other settings where ``changes`` has them."""
    (root / "keys").mkdir(parents=True, exist_ok=True)
    authority = SigningKey.generate()
    write_settings(root, SETTINGS | changes)
    (root / "authority.pub").write_text(authority.public.raw.hex())
    (root / "directory.json").write_bytes(directory.sign(a_directory(), authority))
    (root / "keys" / "signing.key").write_bytes(node_keys()[RELAY_ID].signing.raw)
    return root


def told(**changes: object) -> Told:
    """A short report from Jaunpur that wants answers."""
    plain = Told(
        "drugs", "hi", (), "गांजा बिकता है", "JNP", "JNP-10", "मिल के पीछे", False, "no", "no", False, "push", (), 0, None
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # whatever the test names


@dataclass(frozen=True)
class Held:
    """A held report as its recipient will open it."""

    message_id: str
    recipient: str
    body: ReportBody
    contact: Contact | None


def open_parts(recipient: str, message_id: str, parts: Iterable[SealedPart]) -> dict[str, bytes]:
    """The plain bytes of sealed parts, by the private keys of their recipient."""
    keys = node_keys()[recipient]
    find_key = envelopes.keys_by_id(keys.body, keys.contact).get
    signed = envelopes.sign(
        "report", tuple(parts), node_keys()[RELAY_ID].signing, RELAY_ID, recipient, message_id, 0
    )
    return {part.name: envelopes.open_part(signed, part.name, find_key) for part in signed.parts}


class FakeRelay(Relay):
    """The relay of processes.py with the test's clock and randomness and no network."""

    def __init__(self, folder: Path, rng: random.Random, **changes: object) -> None:
        """Enrolled in ``folder``, its keys made, every part opened as its own process would."""
        self.told_time = FakeClock()
        super().__init__(config.load(enrol(folder / "relay", **changes)), self.told_time)
        EpochStore.initialise(self.config.epoch_store)
        self.rng, self.whatsapp = rng, FakeWhatsApp()
        databases.prepare(self.config.root / "relay.db", relay_db)
        databases.prepare(self.config.root / "vault.db", vault_db)
        self.conn = self.relay_db()
        self.vault_conn = open_db(self.config.root / "vault.db", vault_db)
        self.start()

    def start(self) -> None:
        """The processes' first steps; again: as after a restart."""
        self.keep_house()
        self.spool = Spool(self.conn, self.keys, lambda: spool.tag_keys(self.config.runtime_dir))
        self.engine = processes.intake(self)
        self.fetcher = processes.fetcher(self, 0, 1)
        self.sender = processes.chat_sender(self)
        pace = Pace(UNDO_S, JITTER_S)
        self.submission = Submission(
            self.conn, self.vault(), self.epochs, self.book(), RELAY_ID, pace, self.rng
        )

    def client(self) -> FakeWhatsApp:
        return self.whatsapp

    def book(self) -> Book:
        return a_book()

    @property
    def now(self) -> float:
        """The time."""
        return self.told_time.now

    def pass_time(self, seconds: float) -> None:
        """Time goes on, and housekeeping with it."""
        self.told_time.now += seconds
        self.keep_house()

    def keep_house(self) -> None:
        """One round of housekeeping."""
        self.house(self.conn, self.vault())

    def put(self, *updates: Update) -> int:
        """What the webhook does with updates."""
        return self.spool.put(updates, self.now)

    def run(self) -> None:
        """Everything there is to do now."""
        steps = (self.engine.step, self.fetcher.step, self.sender.step)
        for _ in range(5000):
            busy = [step() for step in steps]
            if not any(busy):
                return
        raise AssertionError("the relay does not come to rest")

    def submit(self, report: Told, sender: Sender = SENDER) -> tuple[Say, ...]:
        """Holds a report, as a step of the conversation does."""
        with transaction(self.conn):
            return self.submission.submit(report, sender, self.now).say

    def held(self) -> list[Held]:
        """What is held, opened with its recipients' keys."""
        return [self._opened(row) for row in self.conn.execute("select * from held order by rowid")]

    def _opened(self, row: sqlite3.Row) -> Held:
        body = SealedPart("body", row["body_key"], row["body"])
        contact = SealedPart("contact", row["contact_key"], row["contact"]) if row["contact"] else None
        plain = open_parts(row["recipient"], row["message_id"], [body, *([contact] if contact else [])])
        read = {name: decode("report", name, data) for name, data in plain.items()}
        assert isinstance(read["body"], ReportBody)
        found = read.get("contact")
        assert found is None or isinstance(found, Contact)
        return Held(row["message_id"], row["recipient"], read["body"], found)

    def identity(self) -> Identity:
        return Identity(RELAY_ID, "run", node_keys()[RELAY_ID].signing)

    def value(self, sql: str, *values: object) -> object:
        """The first column of the first row of relay.db, or None."""
        row = self.conn.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def count(self, table: str) -> int:
        """Rows of a table; ``vault`` lies in the other file."""
        conn = self.vault_conn if table == "vault" else self.conn
        return int(conn.execute(f"select count(*) from {table}").fetchone()[0])

    def disk(self) -> bytes:
        """Every byte of the relay's disk; neither its runtime folder nor the epoch store lies there."""
        files = [path for path in self.config.root.rglob("*") if path.is_file()]
        kept = [path for path in files if self.config.runtime_dir not in path.parents]
        return b"".join(path.read_bytes() for path in sorted(kept))


class Phone:
    """Somebody who writes; every message has its own id, time and place in line."""

    def __init__(self, relay: FakeRelay, number: str = NUMBER, user_id: str = "") -> None:
        self.relay, self.number = relay, number
        self.who = Sender(user_id, "" if user_id else number)
        self.written = 0

    def update(self, event: Event) -> Update:
        """An update with a message id as WhatsApp makes them: its base64 holds the number."""
        self.written += 1
        inside = b"\x1d\x12" + self.number.encode() + self.written.to_bytes(8, "big")
        return Update(f"wamid.{b64encode(inside).decode()}", event)

    def event(self, act: str) -> Event:
        """Words or a tap, a second after the last."""
        at_s = int(self.relay.now) + self.written
        if "|" in act:
            choice = act if act.startswith(("undo|", "v1.")) else f"v1|{act}"
            return Event("tap", "100", self.who, at_s, choice=choice)
        return Event("text", "100", self.who, at_s, text=act)

    def updates(self, *acts: str) -> list[Update]:
        """The updates of what somebody does, not sent yet."""
        return [self.update(self.event(act)) for act in acts]

    def do(self, *acts: str) -> "Phone":
        """Does it, one after the other, each answered before the next."""
        for act in acts:
            self.relay.put(*self.updates(act))
            self.relay.run()
        return self

    def photo(self, data: bytes, caption: str = "", mime: str = "image/jpeg") -> Update:
        """A photo that WhatsApp holds for the relay."""
        media_id = f"media{self.written}x{self.number}"
        self.relay.whatsapp.files[media_id] = data
        media = MediaRef(media_id, mime, "", caption, False)
        at_s = int(self.relay.now) + self.written
        return self.update(Event("photo", "100", self.who, at_s, text=caption, media=media))

    def send_photo(self, data: bytes, caption: str = "", mime: str = "image/jpeg") -> "Phone":
        """Sends it and waits for the answer."""
        self.relay.put(self.photo(data, caption, mime))
        self.relay.run()
        return self

    @property
    def got(self) -> list[str]:
        """What the bot's messages to this phone say."""
        return [body_of(sent.payload) for sent in self.relay.whatsapp.sent if sent.to == self.who]

    @property
    def undo_button(self) -> str:
        """The id of the last button that takes a report back."""
        sent = [s.payload for s in self.relay.whatsapp.sent if s.to == self.who]
        ids = [button.id for payload in sent if isinstance(payload, Buttons) for button in payload.buttons]
        return next(button for button in reversed(ids) if button.startswith("undo|"))


def body_of(payload: Payload) -> str:
    """The words of a message."""
    assert isinstance(payload, Text | Buttons | Rows)
    return payload.body


def undo_token(says: tuple[Say, ...]) -> str:
    """The token behind the button of a receipt."""
    return says[0].buttons[0].id.rpartition("|")[2]


def undo(relay: FakeRelay, token: str) -> Undone | None:
    """What the button of that token does, in the caller's transaction."""
    return relay.submission.undo(relay.submission.message_of(token) or "")


def after_release(relay: FakeRelay) -> None:
    """So late that whatever is held must go."""
    relay.told_time.now += UNDO_S + JITTER_S + HOUR_S


def a_manifest(file_id: str = "f" * 32) -> Manifest:
    """A photo that lies in the media folder."""
    return replace(talk.manifest(), file_id=file_id, key=bytes(32))


def next_item(relay: FakeRelay) -> Item | None:
    """The oldest thing that waits."""
    return next(iter(spool.waiting(relay.conn, relay.keys, 0, 1)), None)


def add_file(relay: FakeRelay, file_id: str = "f" * 32, data: bytes = b"ciphertext") -> Manifest:
    """A file of an open draft, on disk and in its table."""
    (relay.media / file_id).write_bytes(data)
    with transaction(relay.conn):
        relay.conn.execute(
            "insert into evidence_file values(?,null,?,?)", (file_id, len(data), int(relay.now))
        )
    return a_manifest(file_id)


def forms(secret: bytes) -> list[bytes]:
    """How a secret may lie in other bytes: itself, hex, UTF-16, and inside base64 at each of its three offsets."""
    shifted = (b64encode(bytes(n) + secret)[-(-n * 8 // 6) + (n > 0) :] for n in range(3))
    inside = [text.rstrip(b"=")[:-1] for text in shifted]
    url = [text.replace(b"+", b"-").replace(b"/", b"_") for text in inside]
    wide = secret.decode("latin-1").encode("utf-16-le")
    return [secret, secret.hex().encode(), wide, *inside, *url]


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A picture of one grey dot with more chunks (name, content) before its dot."""
    head = (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    all_chunks = (head, *chunks, (b"IDAT", zlib.compress(b"\0\x7f")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in all_chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def post(root: Path, body: bytes) -> int:
    """What WhatsApp does with the web process of ``root``; gives the HTTP status."""
    signature = "sha256=" + hmac.new(b"secret", body, sha256).hexdigest()
    client = Client(wsgi.app(str(root)))
    return client.post("/webhook", data=body, headers={"X-Hub-Signature-256": signature}).status_code


class PowerCut(BaseException):
    """What a test raises where the power is cut: nothing in the product catches it."""


def cut_power() -> None:
    """Armed at a fault point: the process ends here."""
    raise PowerCut
