"""People who write to a relay at once while it is killed, restarted and rebooted; and what must be true at the end.

The relay is the real one of ``processes.py`` over real databases; only time, chance and WhatsApp's network are the
test's. A kill is a ``PowerCut`` raised before the n-th statement of any database, at a named fault point, or before or
after a message went to WhatsApp; then every object is made anew from what is on disk.
"""

import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from relay import receipts, release
from relay.events import MediaRef, Sender, Update
from relay.limits import Buttons, OverLimit, Payload, Rows, Template, Text
from relay.migrations import relay_db, vault_db
from relay.vault import Vault
from relay.whatsapp import MediaGone, MediaInfo
from sync import faults
from sync.db import open_db
from sync.messages import ReportBody, decode
from sync.sealing import envelopes
from tests.fakes import FakeWhatsApp
from tests.relay.builders import (
    JITTER_S,
    UNDO_S,
    FakeRelay,
    Phone,
    PowerCut,
    a_book,
    body_of,
    cut_power,
    node_keys,
    png,
)

_CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
_MARK = re.compile(r"निशान(\d+)नहीं")
_LONGEST_WAY = 80
_QUIET_S, _PACE_S = 20.0, 6.5
_TELLING = 20  # characters by which a phrase is known
NOT_AN_ANSWER = ("undo|", "read|")


class Fuse:
    """How many more statements the databases take before the power is cut; None for no cut."""

    left: int | None = None

    @contextmanager
    def spared(self) -> Iterator[None]:
        """The test looks: nothing burns meanwhile."""
        left, self.left = self.left, None
        yield
        self.left = left

    def burn(self) -> None:
        """One statement; the last one is never begun."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise PowerCut


class _Fused(sqlite3.Connection):
    fuse = Fuse()

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self.fuse.burn()
        return super().execute(*arguments)


class CutWhatsApp(FakeWhatsApp):
    """WhatsApp at which the relay may be killed, and which remembers what it had to refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.cut, self.refused = "", list[str]()

    def send(self, to: Sender, payload: Payload, opaque: str) -> None:
        cut, self.cut = self.cut, ""
        if cut == "before":
            raise PowerCut
        try:
            super().send(to, payload, opaque)
        except OverLimit as error:
            self.refused.append(error.what)
            raise
        if cut == "after":
            raise PowerCut

    def media(self, media_id: str) -> MediaInfo:
        if media_id not in self.files:
            raise MediaGone("gone")
        return super().media(media_id)


class CutRelay(FakeRelay):
    """The relay whose databases hang on a fuse."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.fuse = Fuse()
        super().__init__(folder, rng)
        self.whatsapp: CutWhatsApp = CutWhatsApp()
        self.start()

    def _connect(self, path: str) -> sqlite3.Connection:
        conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=_Fused)
        conn.fuse = self.fuse
        return conn

    def relay_db(self) -> sqlite3.Connection:
        return open_db(self.config.root / "relay.db", relay_db, self._connect)

    def vault(self) -> Vault:
        return Vault(open_db(self.config.root / "vault.db", vault_db, self._connect), self.epochs)


@dataclass
class Person:
    """One phone, the marks it wrote, and which receipts it wanted taken back."""

    phone: Phone
    marks: set[int] = field(default_factory=set)
    asked_back: set[str] = field(default_factory=set)
    """Receipts that may be gone: their button was pressed, or everything was to be deleted."""

    @property
    def name(self) -> Sender:
        """Who it is to the relay."""
        return self.phone.who


class Crowd:
    """Everybody and their relay."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.relay = CutRelay(folder, random.Random(seed))
        phones = (
            Phone(self.relay),
            Phone(self.relay, "919812345679"),
            Phone(self.relay, "919812345670", "IN.77XYZ"),
        )
        self.people = [Person(phone) for phone in phones]
        self.posted: list[Update] = []
        self.undelivered: list[Update] = []
        self.marks = 0

    # what happens to the relay

    def survive(self, act: Callable[[], object]) -> bool:
        """Lets the relay do something; True unless it was killed at it, which it then survives."""
        try:
            act()
        except PowerCut:
            self.restart()
            return False
        return True

    def restart(self) -> None:
        """The processes begin again from what is on disk."""
        self.relay.fuse.left, self.relay.whatsapp.cut = None, ""
        faults.disarm()
        self.relay.conn = self.relay.relay_db()
        self.relay.start()

    def reboot(self) -> None:
        """What only memory held is gone."""
        for path in self.relay.config.runtime_dir.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.restart()

    def arm(self, point: str) -> None:
        """The next time the relay passes there, it is killed."""
        faults.arm(point, cut_power)

    def settle(self) -> None:
        """WhatsApp delivers again what was not taken; the relay works until it rests."""
        for _ in range(20):
            waiting, self.undelivered = self.undelivered, []
            if waiting:
                self.post(*waiting)
            if self.survive(self._work) and not self.undelivered:
                return
        raise AssertionError("the relay does not come to rest")

    def _work(self) -> None:
        self.relay.run()
        while release.release_due(self.relay.conn, self.relay.identity(), self.relay.now):
            pass

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.relay.told_time.now += seconds
        self.survive(self.relay.keep_house)
        self.settle()

    # what people do

    def post(self, *updates: Update) -> None:
        """WhatsApp posts; without a 200 it comes again."""
        if self.survive(lambda: self.relay.put(*updates)):
            self.posted += updates
        else:
            self.undelivered += updates

    def new_mark(self, person: Person) -> str:
        """Words that stand in one message only, and mean no choice."""
        self.marks += 1
        person.marks.add(self.marks)
        return f"रात में वहां लोग आते हैं निशान{self.marks}नहीं"

    def write(self, person: Person, text: str) -> None:
        """A text, or a tap where it is an id with bars."""
        if text.startswith("undo|"):
            person.asked_back |= {code for code, undo in self.receipts(person).items() if undo == text}
        update = person.phone.updates(text.removeprefix("v1|"))
        self.post(*update)

    def send_file(self, person: Person, kind: str, whole: bool = True) -> None:
        """A picture that can be fetched, or something that WhatsApp no longer has."""
        update = person.phone.photo(png(), "")
        media = update.event.media
        assert media is not None
        if not whole:
            del self.relay.whatsapp.files[media.media_id]
        self.post(_as_kind(update, kind, media))

    # what can be seen from outside

    def got(self, person: Person) -> list[Payload]:
        """Messages that reached the phone, each once: a double one has the same opaque id."""
        sent = {one.opaque: one.payload for one in self.relay.whatsapp.sent if one.to == person.name}
        return list(sent.values())

    def options(self, person: Person) -> list[str]:
        """The ids of the last message that offers any."""
        return _ids(self.got(person)[-1]) if self.got(person) else []

    def every_option(self, person: Person) -> list[str]:
        """The ids of all that the phone was ever offered."""
        return [option for payload in self.got(person) for option in _ids(payload)]

    def is_held(self, code: str) -> bool:
        """Whether the report of a receipt can still be taken back."""
        return bool(self.look("select 1 from held where handle=?", self.handle_of(code)))

    def look(self, sql: str, *values: object) -> object:
        """The first column of the first row of relay.db, or None."""
        with self.relay.fuse.spared():
            return self.relay.value(sql, *values)

    def receipts(self, person: Person) -> dict[str, str]:
        """Receipts the phone was shown, and the id of the button that takes each back ("" for none)."""
        found: dict[str, str] = {}
        for payload in self.got(person):
            match = _CODE.search(body_of(payload)) if isinstance(payload, Buttons | Text) else None
            if match:
                undo = [i for i in _ids(payload) if i.startswith("undo|")]
                found[match[0].replace(" ", "")] = undo[0] if undo else ""
        return found

    def thanks(self, person: Person) -> int:
        """How often the phone was told that a report, or what adds to one, is kept."""
        added = tuple(words["addition"][:_TELLING] for words in a_book().phrases.by_language.values())
        texts = [body_of(payload) for payload in self.got(person) if not isinstance(payload, Template)]
        return len(self.receipts(person)) + sum(text.startswith(added) for text in texts)

    def hear(self) -> None:
        """Waits until everything that the relay has to say is said: it keeps a pace with each person."""
        for _ in range(200):
            self.settle()
            if not self.look("select 1 from chat_out where state in ('queued', 'sending', 'unknown')"):
                return
            self.relay.told_time.now += _PACE_S
        raise AssertionError("the relay does not say all it has to say")

    def finish(self, person: Person) -> set[int]:
        """Goes on by the first of what is offered until it is kept; gives the marks written on the way."""
        before, written = self.thanks(person), set[int]()
        self.write(person, "नमस्ते")
        self.hear()
        for _ in range(_LONGEST_WAY):
            if self.thanks(person) > before:
                return written
            heard = len(self.relay.whatsapp.sent)
            answers = [i for i in self.options(person) if not i.startswith(NOT_AN_ANSWER)]
            if not answers or answers[0].endswith("|@skip"):
                self.write(person, self.new_mark(person))
                written.add(self.marks)
            else:
                self.write(person, answers[0])
            self.hear()
            if len(self.relay.whatsapp.sent) == heard:
                self.wait(_QUIET_S)
                self.hear()
        raise AssertionError(f"no way to a receipt: {[body_of(p) for p in self.got(person)][-4:]}")

    # what must be true

    def check(self) -> None:
        """Exactly what people have receipts for and did not take back is there, each once, and nothing else."""
        self.restart()
        self.hear()
        bodies = self.reports()
        handles = [body.handle for body in bodies]
        assert len(handles) == len(set(handles))
        own = {body.handle: body for body in bodies}
        live = {code: self.handle_of(code) for person in self.people for code in self.receipts(person)}
        kept = {handle for handle in live.values() if handle}
        assert {body.handle for body in bodies if not body.adds_to} == kept
        for person in self.people:
            gone = {code for code in self.receipts(person) if live[code] is None}
            assert gone <= person.asked_back
            for code in self.receipts(person).keys() - gone:
                assert marks_of(own[live[code] or ""]) <= person.marks
        marks = [mark for body in bodies for mark in marks_of(body)]
        assert len(marks) == len(set(marks))
        assert not self.relay.whatsapp.refused
        assert not self.look("select count(*) from event where state='poisoned'")

    def handle_of(self, code: str) -> str | None:
        """The report that a receipt is of."""
        with self.relay.fuse.spared():
            return receipts.target(self.relay.conn, receipts.tag(self.relay.epochs, code))

    def reports(self) -> list[ReportBody]:
        """Every report, held or released, as its recipient opens it."""
        with self.relay.fuse.spared():
            return self._reports()

    def _reports(self) -> list[ReportBody]:
        held = [one.body for one in self.relay.held()]
        rows = self.relay.conn.execute(
            "select message_id, recipient, content from outbox where purpose='report' order by rowid"
        )
        return [*held, *(self._released(row) for row in rows.fetchall())]

    def _released(self, row: sqlite3.Row) -> ReportBody:
        keys = node_keys()[row["recipient"]]
        find_key = envelopes.keys_by_id(keys.body, keys.contact).get
        opened = envelopes.open_part(envelopes.read(row["content"]), "body", find_key)
        body = decode("report", "body", opened)
        assert isinstance(body, ReportBody)
        return body


def _as_kind(update: Update, kind: str, media: MediaRef) -> Update:
    mime = {"photo": "image/png", "voice": "audio/ogg; codecs=opus", "video": "video/mp4"}[kind]
    event = replace(update.event, kind=kind, media=replace(media, mime=mime, voice=kind == "voice"))
    return replace(update, event=event)


def _ids(payload: Payload) -> list[str]:
    if isinstance(payload, Buttons):
        return [choice.id for choice in payload.buttons]
    return [choice.id for choice in payload.rows] if isinstance(payload, Rows) else []


def marks_of(body: ReportBody) -> set[int]:
    """The marks that a report holds anywhere."""
    texts = [body.text, body.place, *(answer.text for answer in body.answers)]
    return {int(mark) for text in texts for mark in _MARK.findall(text)}


def long_after() -> float:
    """So much later that whatever is held must have gone."""
    return UNDO_S + JITTER_S + 3600
