"""Puts each process of a relay together from its root folder; nothing here decides anything."""

import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from relay import downlink, phrases, submission, workers
from relay.chat import ChatSender
from relay.config import RelayConfig
from relay.dialogue import Book
from relay.downlink import Downlink, ReplySender
from relay.epochs import EpochStore
from relay.evidence import Fetcher
from relay.housekeeping import keep_house
from relay.identity import IntakeKeys
from relay.intake import Intake
from relay.line import RelayDesk, RelayProgram, ReplyKeys
from relay.migrations import relay_db, vault_db
from relay.submission import Submission
from relay.vault import Vault
from relay.whatsapp import WhatsApp
from sync import catalogue, directory, watchdog
from sync.clock import DAY_S, HOUR_S, Clock
from sync.db import open_db
from sync.exchange import Exchange, Identity
from sync.link import Link
from sync.sealing.keys import SealingKey, SigningKey, VerifyKey

FETCHERS = 2
HOUSE_EVERY_S = 60.0
TELL_EVERY_S = 20.0


class Relay:
    """The files of one relay, opened as each thread needs them."""

    def __init__(self, config: RelayConfig, clock: Clock = time.time) -> None:
        """``clock``: tests give their own."""
        self.config, self.clock = config, clock
        self.rng: random.Random = random.SystemRandom()
        self.keys = IntakeKeys(config.runtime_dir)
        self.epochs = EpochStore(config.epoch_store)

    def relay_db(self) -> sqlite3.Connection:
        """A connection of one thread to relay.db."""
        return open_db(self.config.root / "relay.db", relay_db)

    def vault(self) -> Vault:
        """The vault, on a connection of one thread."""
        return Vault(open_db(self.config.root / "vault.db", vault_db), self.epochs)

    @property
    def media(self) -> Path:
        """Where sealed files lie."""
        return self.config.root / "media"

    def book(self) -> Book:
        """What the conversation is made of."""
        root = self.config.root
        authority = VerifyKey(bytes.fromhex((root / "authority.pub").read_text().strip()))
        signed = directory.load(root / "directory.json", authority)
        return Book(catalogue.load(), signed, phrases.load())

    def client(self) -> WhatsApp:
        """WhatsApp's API; one per thread."""
        c = self.config
        return WhatsApp(c.graph_url, c.graph_version, c.graph_token, c.phone_number_id)

    def identity(self) -> Identity:
        """Who this relay is on the wire, in this run."""
        signing = SigningKey((self.config.root / "keys" / "signing.key").read_bytes())
        return Identity(self.config.node_id, secrets.token_hex(8), signing)

    def house(self, conn: sqlite3.Connection, vault: Vault) -> None:
        """Keys renewed, what is past its life removed."""
        keep_house(conn, self.keys, self.epochs, vault, self.config.runtime_dir, self.media, self.clock())


def run_intake(config: RelayConfig, stop: threading.Event, environ: Mapping[str, str]) -> None:
    """The conversation, the fetchers of photos and the sender of messages."""
    relay = Relay(config)
    house_conn, house_vault = relay.relay_db(), relay.vault()
    relay.house(house_conn, house_vault)
    pulse = workers.Pulse(FETCHERS + 4, time.monotonic)
    steps: list[Callable[[], bool]] = [
        fetcher(relay, number, FETCHERS, partial(pulse.beat, number)).step for number in range(FETCHERS)
    ]
    steps += [intake(relay).step, chat_sender(relay).step]
    steps.append(workers.every(HOUSE_EVERY_S, lambda: relay.house(house_conn, house_vault), time.monotonic))
    _run_watched(steps, stop, pulse, environ)


def _run_watched(
    steps: list[Callable[[], bool]], stop: threading.Event, pulse: workers.Pulse, environ: Mapping[str, str]
) -> None:
    """Runs the steps and, as one more, the word to systemd that every one of them makes progress."""

    def tell() -> None:
        if pulse.is_steady():
            watchdog.notify("WATCHDOG=1", environ)

    watchdog.notify("READY=1", environ)
    workers.run([*steps, workers.every(TELL_EVERY_S, tell, time.monotonic)], stop, pulse.beat)


def intake(relay: Relay) -> Intake:
    """The conversation's engine."""
    conn, vault, book, config = relay.relay_db(), relay.vault(), relay.book(), relay.config
    pace = submission.Pace(config.undo_s, config.jitter_max_s)
    reports = Submission(conn, vault, relay.epochs, book, config.node_id, pace, relay.rng)
    return Intake(
        conn,
        relay.keys,
        relay.epochs,
        vault,
        reports,
        book,
        relay.media,
        relay.clock,
        relay.rng,
        config.file_wait_s,
    )


def chat_sender(relay: Relay) -> ChatSender:
    """The sender of the bot's messages."""
    return ChatSender(
        relay.relay_db(), relay.keys, relay.client(), relay.clock, relay.config.retry, relay.rng
    )


def fetcher(relay: Relay, number: int, of: int, progress: Callable[[], object] = lambda: None) -> Fetcher:
    """One of the fetchers of photos."""
    return Fetcher(
        relay.relay_db(),
        relay.keys,
        relay.client(),
        relay.media,
        relay.clock,
        relay.config.retry,
        relay.rng,
        relay.config.file_wait_s,
        (number, of),
        progress=progress,
    )


def run_link(config: RelayConfig, stop: threading.Event, environ: Mapping[str, str]) -> None:
    """The line to the boxes, and the sender of answers."""
    relay = Relay(config)
    keys: downlink.Keys = {}
    pace = downlink.Pace(
        config.reply_delay_min_s,
        config.reply_delay_max_s,
        config.quiet_hours,
        config.settled_every_s,
        # A demonstration whose boxes hear and whose informants read within seconds cannot wait for these.
        status_wait_s=min(downlink.STATUS_WAIT_S, config.settled_every_s),
        apart_s=min(HOUR_S, config.reply_delay_max_s),
    )
    pulse = workers.Pulse(3, time.monotonic)
    link = line(relay, keys, pace, partial(pulse.beat, 0))
    sender = reply_sender(relay, keys, pace)
    _run_watched([_until_stopped(link, stop), sender.step], stop, pulse, environ)


def line(
    relay: Relay, keys: downlink.Keys, pace: downlink.Pace, progress: Callable[[], object] = lambda: None
) -> Link:
    """The relay's line."""
    config, conn, book, identity = relay.config, relay.relay_db(), relay.book(), relay.identity()
    reply_keys = ReplyKeys(SealingKey.generate(), relay.clock(), DAY_S)
    program = RelayProgram(
        identity,
        reply_keys,
        Downlink(relay.epochs, relay.vault(), book.catalogue, keys, pace, relay.rng),
    )
    peers = [node.id for node in book.directory.nodes if node.role != directory.RELAY]
    exchange = Exchange(
        identity,
        book.directory,
        peers,
        conn,
        program,
        relay.clock,
        relay.rng,
        config.retry,
        config.hello_every_s,
        config.root,
    )
    desk = RelayDesk(exchange, conn, identity, reply_keys, relay.clock)
    return Link(config.node_id, config.broker, desk, time.monotonic, progress=progress)


def reply_sender(relay: Relay, keys: downlink.Keys, pace: downlink.Pace) -> ReplySender:
    """The sender of answers to informants."""
    return ReplySender(
        relay.relay_db(),
        relay.vault(),
        relay.epochs,
        relay.client(),
        catalogue.load(),
        keys,
        pace,
        relay.clock,
        relay.config.retry,
        relay.rng,
        relay.config.update_template,
    )


def _until_stopped(link: Link, stop: threading.Event) -> Callable[[], bool]:
    def step() -> bool:
        link.run(stop)
        return False

    return step
