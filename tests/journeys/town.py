"""What the journeys share: a town with real processes, people who report in it, and what is on disk afterwards."""

import re
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from sqlite3 import Connection

from appliance import evidence, reports
from appliance.desk import SP, Actor, Desk, open_desk
from provisioning.demo.fleet import Pace
from provisioning.demo.story import PICTURES
from provisioning.demo.world import World, listens
from provisioning.enrol import Setting
from relay.simulator.client import Phone, call
from sync import catalogue, log
from sync.db import connect_to_read
from sync.messages import Answer
from tests.waiting import wait_until

PACE = Pace(
    undo_s=0.0,
    jitter_max_s=0.2,
    reply_delay_min_s=0.1,
    reply_delay_max_s=0.2,
    retry_base_s=0.3,
    retry_cap_s=1.5,
    hello_every_s=2.0,
    album_quiet_s=1.0,
)
LINE = ("relay-web", "relay-intake", "relay-link", "jaunpur-link")
"""The processes between a phone and Jaunpur's database."""
PATIENCE_S = 45.0
SEND, UNDO, UNDONE = "भेजें", "वापस लें", "वापस ले लिया"
PHOTO = (PICTURES / "clean.jpg").read_bytes()
READER = Actor("reader", "Reader", SP)
_RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


def words(place: str, category: str = "11", what: str = "हर शाम पैसे लगाकर खेल होता है") -> tuple[str, ...]:
    """All that somebody writes up to the summary, in Hindi; ``category`` is its number."""
    return ("Hi", "हिन्दी", category, "नहीं", "हां", *_answers(int(category), what), "आगे", *ending(place))


def _answers(category: int, what: str) -> Iterator[str]:
    """The first option of each question, no camera, and ``what`` at the first that wants words."""
    left = [what]
    for question in catalogue.load().categories[category - 1].questions:
        if question.options:
            yield "3" if question.code == "cctv" else "1"
        elif question.only_if is None:
            yield left.pop() if left else "0"


def ending(place: str) -> tuple[str, ...]:
    """The last of it: district, thana, place, "happening now?", "fear?", "may we answer?"."""
    return ("जौनपुर", "शाहगंज", place, "नहीं", "नहीं", "हां")


@dataclass(frozen=True)
class Kept:
    """One report as Jaunpur's box has it; ``photos`` are the bytes of those that are here."""

    message_id: str
    handle: str
    category: str
    thana: str
    place: str
    text: str
    answers: tuple[Answer, ...]
    photos: tuple[bytes, ...]

    @property
    def content(self) -> tuple[object, ...]:
        """What was told, without the names the relay made up."""
        return (self.category, self.thana, self.place, self.text, self.answers, self.photos)


@dataclass
class Town:
    """A world whose processes tests may kill; ``heal`` brings back what a test left dead."""

    world: World
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _open: dict[Path, Connection] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)

    def heal(self) -> None:
        """Broker and line are up, no fault is armed."""
        assert self.world.broker is not None
        if not listens(self.world.fleet.line.port):
            self.world.broker.start()
        for name in LINE:
            process = self.world.processes.get(name)
            if process is None or process.poll() is not None:
                self.start(name, fault_point="")
        self.world.wait_until_serving(("relay",))
        wait_until(
            lambda: list((self.world.runtime_dir / "intake").glob("*.key")), PATIENCE_S, "an intake key"
        )
        wait_until(lambda: len(self.relay("select 1 from peer")) == 1, PATIENCE_S, "Jaunpur's greeting")

    def start(self, name: str, **settings: Setting) -> None:
        """Starts one process with settings changed."""
        self.world.configure(name.partition("-")[0], **settings)
        self.world.start(name)

    def restart(self, name: str, **settings: Setting) -> None:
        """Kills one process and starts it with settings changed."""
        self.world.kill(name)
        self.start(name, **settings)

    @contextmanager
    def dying(self, name: str, point: str) -> Iterator[None]:
        """Inside, ``name`` runs with a fault armed; by the end it must have died of it, and runs again without."""
        self.restart(name, fault_point=point)
        try:
            yield
            ended = self.world.processes[name].wait(PATIENCE_S)
        finally:
            self.restart(name, fault_point="")
        assert ended == -signal.SIGKILL

    # People

    def place(self) -> str:
        """A place that nobody has named before."""
        return f"गली नंबर {next(self._numbers)}, पुराना कुआं"

    def phone(self) -> Phone:
        """Somebody with a phone."""
        return Phone.create(self.world.simulator_url, "Somebody")

    def write(self, phone: Phone, texts: Sequence[str], photo: bytes = b"") -> None:
        """Several texts in one delivery, in order; the photo goes before the "आगे" among them."""
        items = [{"phone": phone.id, "text": text} for text in texts]
        done = call(phone.base_url, "/sim/batch", {"items": items, "layout": "messages"}) if items else {}
        assert done["webhook"]["answers"] == [200], done
        if photo:
            phone.photo(photo)

    def prepare(self, phone: Phone, place: str, photo: bytes = b"") -> None:
        """A report, told up to the button that sends it; everything said so far is used and answered."""
        texts = words(place)
        middle = texts.index("आगे")
        self.write(phone, texts[:middle], photo)
        self.write(phone, texts[middle:])
        phone.wait_for(lambda message: SEND in [o["title"] for o in message["options"]], PATIENCE_S)
        self.rest()

    def tell(self, place: str, photo: bytes = b"") -> str:
        """A whole report of somebody new; gives its receipt."""
        phone = self.phone()
        texts = (*words(place), SEND)
        middle = texts.index("आगे")
        self.write(phone, texts[:middle], photo)
        self.write(phone, texts[middle:])
        return self.receipt(phone)

    def tell_many(self, places: Sequence[str], photos: int = 0) -> None:
        """As many people at once, the first of them with a photo each; until all have their receipts."""
        with ThreadPoolExecutor(len(places)) as people:
            told = [people.submit(self.tell, p, PHOTO if n < photos else b"") for n, p in enumerate(places)]
        assert len({one.result() for one in told}) == len(places)

    def receipt(self, phone: Phone) -> str:
        """The receipt this phone got; waits for it."""
        wait_until(lambda: receipts(phone), PATIENCE_S, "a receipt")
        (found,) = receipts(phone)
        return found

    # What is on disk

    def relay(self, query: str) -> list[tuple[object, ...]]:
        """Rows of relay.db."""
        return self.rows("relay", "relay.db", query)

    def box(self, query: str) -> list[tuple[object, ...]]:
        """Rows of Jaunpur's box.db."""
        return self.rows("jaunpur", "box.db", query)

    def rows(self, seat: str, database: str, query: str) -> list[tuple[object, ...]]:
        """Rows of one database of one node."""
        path = self.world.fleet.roots[seat] / database
        if path not in self._open:
            self._open[path] = connect_to_read(path)
        return [tuple(row) for row in self._open[path].execute(query)]

    def desk(self, seat: str = "jaunpur") -> Desk:
        """A box's database with its field key, as its own programs open it."""
        if seat not in self._desks:
            self._desks[seat] = open_desk(self.world.fleet.roots[seat], time.time)
        return self._desks[seat]

    def kept(self, known: Sequence[Kept] = (), seat: str = "jaunpur") -> list[Kept]:
        """Every report at a box beside those known before, in the order of their coming."""
        desk, before = self.desk(seat), {one.message_id for one in known}
        rows = desk.conn.execute("select id, message_id, handle from report order by id").fetchall()
        return [_kept(desk, *row) for row in rows if row["message_id"] not in before]

    def rest(self) -> None:
        """Until the relay has used all it heard and said all it has to say."""
        wait_until(
            lambda: (
                self.relay("select 1 from event where state='new' limit 1") == []
                and self.relay("select 1 from fetch limit 1") == []
                and self.relay("select 1 from chat_out where state in ('queued','sending') limit 1") == []
            ),
            PATIENCE_S,
            "a relay at rest",
        )

    def settle(self) -> None:
        """Until every report and file is released, at its box and acknowledged; then checks the whole town."""
        wait_until(
            lambda: (
                self.relay("select 1 from held limit 1") == []
                and self.relay("select 1 from outbox where purpose='report' and state='due' limit 1") == []
                and self.relay("select 1 from file_out where state<>'done' limit 1") == []
            ),
            PATIENCE_S,
            "every report acknowledged",
        )
        self.check()

    def check(self) -> None:
        """What must hold whenever nothing is under way: once each, dense, answerable."""
        handles = column(self.box("select handle from report"))
        assert column(self.relay("select handle from receipt")) == handles
        states = self.relay("select state from outbox where purpose='report'")
        assert states == [("acknowledged",)] * len(handles)
        assert self.box("select count(*), count(distinct report_id) from case_file") == [(len(handles),) * 2]
        assert column(self.rows("jaunpur", "keys.db", "select handle from report_key")) >= handles
        assert column(self.rows("relay", "vault.db", "select handle from vault")) >= handles
        self._check_log(len(handles))

    def _check_log(self, size: int) -> None:
        leaves = self.relay("select log_index, leaf, head from log_leaf order by log_index")
        assert [leaf[0] for leaf in leaves] == list(range(size))
        if leaves:
            chained = [leaf[1] for leaf in leaves if isinstance(leaf[1], bytes)]
            assert leaves[-1][2] == log.head_of(chained)
        seen = "select log_index from seen where log_index is not null and result='committed' order by 1"
        assert self.box(seen) == [(index,) for index in range(size)]


def receipts(phone: Phone) -> set[str]:
    """Every receipt this phone was told."""
    return {code for message in phone.messages() for code in _RECEIPT.findall(message["text"])}


def column(rows: Sequence[tuple[object, ...]]) -> set[object]:
    """The first column."""
    return {row[0] for row in rows}


def _kept(desk: Desk, report_id: int, message_id: str, handle: str) -> Kept:
    told = reports.told(desk, report_id)
    files = desk.conn.execute(
        "select file_id, size_bytes from evidence where report_id=? and state='here' order by rowid",
        (report_id,),
    ).fetchall()
    photos = tuple(b"".join(evidence.content(desk, evidence.info(desk, f), 0, size)) for f, size in files)
    return Kept(message_id, handle, told.category, told.thana, told.place, told.text, told.answers, photos)
