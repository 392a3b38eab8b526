"""Puts each process of a relay together from its root folder; nothing here decides anything."""

import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from relay import downlink, meter, phrases, submission, workers, wrapping
from relay.allowance import MIB, Allowance, Limits
from relay.chat import ChatSender, Lanes
from relay.config import RelayConfig
from relay.dialogue import Book
from relay.downlink import Downlink, ReplySender
from relay.duty import answers
from relay.duty.desk import DutyDesk
from relay.duty.letters import DutySender, Letters
from relay.duty.orders import DutyOrders
from relay.epochs import EpochStore
from relay.evidence import Fetcher
from relay.housekeeping import keep_house
from relay.identity import IntakeKeys
from relay.intake import Intake
from relay.line import RelayDesk, RelayProgram, ReplyKeys
from relay.migrations import relay_db, vault_db
from relay.review import check_book
from relay.submission import Submission
from relay.vault import Vault
from relay.whatsapp import WhatsApp
from sync import catalogue, directory, notices, watchdog
from sync.clock import DAY_S, HOUR_S, Clock
from sync.config import Broker
from sync.db import open_db, transaction
from sync.errors import ConfigError
from sync.exchange import Exchange, Identity
from sync.link import Link
from sync.sealing.keys import SealingKey, SigningKey, VerifyKey

FETCHERS = 4
CHAT_SENDERS = 4
HOUSE_EVERY_S = 60.0
TELL_EVERY_S = 20.0


class Relay:
    """The files of one relay, opened as each thread needs them."""

    def __init__(self, config: RelayConfig, clock: Clock = time.time) -> None:
        """``clock``: tests give their own."""
        self.config, self.clock = config, clock
        self.rng: random.Random = random.SystemRandom()
        self.keys = IntakeKeys(config.runtime_dir)
        self.allowance = Allowance(_limits(config), clock)
        self.epochs = EpochStore(config.epoch_store, wrapping.of(config.epoch_store_wrap))

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
        book = Book(catalogue.load(), signed, phrases.load())
        check_book(book)
        return book

    def client(self) -> WhatsApp:
        """WhatsApp's API; one per thread."""
        c = self.config
        token = c.secrets.text("graph_token")
        return WhatsApp(c.graph_url, c.graph_version, token, c.phone_number_id, media_hosts=c.media_hosts)

    def duty_client(self) -> WhatsApp:
        """WhatsApp's API for the second number; one per thread."""
        c = self.config
        return WhatsApp(c.graph_url, c.graph_version, c.secrets.text("graph_token"), c.duty_phone_number_id)

    def broker(self) -> Broker:
        """The broker and how the link process shows who it is there."""
        c = self.config
        if not c.broker.user:
            return c.broker
        return replace(c.broker, password=c.secrets.text("broker_password"))

    def identity(self) -> Identity:
        """Who this relay is on the wire, in this run."""
        signing = SigningKey((self.config.root / "keys" / "signing.key").read_bytes())
        return Identity(self.config.node_id, secrets.token_hex(8), signing)

    def house(self, conn: sqlite3.Connection, vault: Vault) -> None:
        """Keys renewed, what is past its life removed."""
        c, now = self.config, self.clock()
        keep_house(conn, self.keys, self.epochs, vault, c.runtime_dir, self.media, now, c.jitter_max_s)
        with transaction(conn):
            meter.warn(conn, now, int(c.monthly_messages_warning), c.message_price_inr)


def run_intake(config: RelayConfig, stop: threading.Event, environ: Mapping[str, str]) -> None:
    """The conversation, the fetchers of photos and the sender of messages."""
    relay = Relay(config)
    house_conn, house_vault = relay.relay_db(), relay.vault()
    relay.house(house_conn, house_vault)
    pulse = workers.Pulse(FETCHERS + CHAT_SENDERS + 4, time.monotonic)
    steps: list[Callable[[], bool]] = [
        fetcher(relay, number, FETCHERS, partial(pulse.beat, number)).step for number in range(FETCHERS)
    ]
    lanes = Lanes()
    steps += [chat_sender(relay, lanes).step for _ in range(CHAT_SENDERS)]
    steps += [intake(relay).step, duty_sender(relay)]
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
        duty_desk(relay, book),
        quiet_s=config.album_quiet_s,
        allowance=relay.allowance,
    )


def chat_sender(relay: Relay, lanes: Lanes | None = None) -> ChatSender:
    """A sender of the bot's messages; those of one process share ``lanes``."""
    return ChatSender(
        relay.relay_db(),
        relay.keys,
        relay.client(),
        lanes or Lanes(),
        relay.clock,
        relay.config.retry,
        relay.rng,
        relay.config.chat_status_wait_s,
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
        allowance=relay.allowance,
    )


def _limits(config: RelayConfig) -> Limits:
    """A report beyond a person's limit waits for two slots of release more than the one before it."""
    return Limits(
        all_media_bytes=config.media_mb_per_day * MIB,
        slow_step_s=min(HOUR_S, 2 * config.jitter_max_s),
        urgent_per_hour=config.urgent_per_hour,
        all_wrong_receipts_per_hour=config.wrong_receipts_per_hour,
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
        one_a_day=config.settled_every_s >= DAY_S,
        at_once_s=min(downlink.AT_ONCE_S, config.reply_delay_max_s),
    )
    pulse = workers.Pulse(4, time.monotonic)
    link = line(relay, keys, pace, partial(pulse.beat, 0))
    sender = reply_sender(relay, keys, pace)
    forget = workers.every(HOUSE_EVERY_S, relay.epochs.forget_destroyed, time.monotonic)
    _run_watched([_until_stopped(link, stop), sender.step, forget], stop, pulse, environ)


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
        duty_orders(relay, book),
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
    return Link(config.node_id, relay.broker(), desk, time.monotonic, progress=progress)


def duty_mail(relay: Relay, book: Book) -> answers.Mail:
    """The way of officers' answers to the boxes."""
    return answers.Mail(relay.config.node_id, book.directory, relay.rng)


def duty_letters(relay: Relay, book: Book) -> Letters:
    """Messages to officers."""
    c = relay.config
    return Letters(relay.epochs, duty_mail(relay, book), c.duty_template, c.retry, relay.rng)


def duty_desk(relay: Relay, book: Book) -> DutyDesk | None:
    """The conversation on the second number, where there is one."""
    number_id = relay.config.duty_phone_number_id
    if not number_id:
        return None
    if number_id == relay.config.phone_number_id:
        raise ConfigError(
            "citizens and officers have one number: every report would be taken for an officer's words",
            hint="Give duty_phone_number_id another number, or leave it empty",
        )
    said = notices.load(book.catalogue, book.directory)
    mail, outgoing = duty_mail(relay, book), duty_letters(relay, book)
    return DutyDesk(number_id, relay.keys, relay.epochs, said, mail, outgoing, relay.rng)


def duty_sender(relay: Relay) -> Callable[[], bool]:
    """The step that sends messages to officers; without a second number there are none."""
    if not relay.config.duty_phone_number_id:
        return lambda: False
    letters = duty_letters(relay, relay.book())
    return DutySender(relay.relay_db(), letters, relay.duty_client(), relay.clock).step


def duty_orders(relay: Relay, book: Book) -> DutyOrders:
    """What boxes send about duties."""
    is_open = bool(relay.config.duty_phone_number_id)
    said = notices.load(book.catalogue, book.directory)
    return DutyOrders(is_open, relay.epochs, said, duty_mail(relay, book), relay.rng)


def reply_sender(relay: Relay, keys: downlink.Keys, pace: downlink.Pace) -> ReplySender:
    """The sender of answers to informants."""
    return ReplySender(
        relay.relay_db(),
        relay.vault(),
        relay.epochs,
        relay.client(),
        downlink.Notices(relay.book().phrases, relay.config.update_template),
        keys,
        pace,
        relay.clock,
        relay.config.retry,
        relay.rng,
    )


def _until_stopped(link: Link, stop: threading.Event) -> Callable[[], bool]:
    def step() -> bool:
        link.run(stop)
        return False

    return step
