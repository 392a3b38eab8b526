"""What the link process takes from boxes for informants."""

import random
import sqlite3

from relay import closings, receipts
from relay.downlink import pace as when
from relay.downlink import rows
from relay.downlink.pace import Pace
from relay.downlink.rows import Keys, Words
from relay.epochs import EpochStore
from relay.vault import Reachable, Vault
from sync import faults
from sync.catalogue import Catalogue
from sync.clock import week_of
from sync.errors import SatarkError
from sync.exchange import Opened
from sync.exchange.program import count
from sync.messages import PublicState, Reply

BUDGET = 10
OUTCOMES = frozenset({"action_taken", "not_found", "closed"})
"""Templates that say how it ended: the last answer of the budget is kept for one of them."""


class Downlink:
    """The handlers of commands; each works in the caller's transaction."""

    def __init__(
        self,
        epochs: EpochStore,
        vault: Vault,
        catalogue: Catalogue,
        keys: Keys,
        pace: Pace,
        rng: random.Random,
    ) -> None:
        """``vault``: on a connection of the line's thread; ``keys`` is shared with the sender of this process."""
        self._epochs, self._vault, self._catalogue = epochs, vault, catalogue
        self._keys, self._pace, self._rng = keys, pace, rng

    def reply(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """Takes a command once per (first report, number): BUDGET answers for a report and all that is added to it.

        Raises SatarkError on anything the catalogue does not hold and on the command of a node to which the report
        did not go, and Unavailable while the epoch store is not there.
        """
        reply = opened.messages["message"]
        assert isinstance(reply, Reply)
        self._check(reply)
        reachable = self._vault.open(reply.handle, reply.report_key)
        _check_node(conn, reply, reachable, opened.sender)
        first = (reachable.first if reachable else "") or reply.handle
        if reachable is None or _has_no_place(conn, first, reply):
            self._expire(conn, reply, first, opened.sender, now)
            return
        week, epoch_key = self._epochs.current(now)
        words = Words(reply.template, reply.parameters)
        locked = rows.locked(epoch_key, words, reply.handle, reply.reply_no)
        conn.execute(
            "insert into reply(handle, reply_no, first, node, locked, week, due_at, state)"
            " values(?,?,?,?,?,?,?,'waiting') on conflict do nothing",
            (reply.handle, reply.reply_no, first, opened.sender, locked, week, self._due(now)),
        )
        self._take_place(conn, first, reply.reply_no)
        if _is_waiting(conn, reply):  # a repeated command must not bring a key back that was forgotten
            self._keys[reply.handle, reply.reply_no] = reply.report_key
        faults.at("command-taken")

    def state(self, conn: sqlite3.Connection, opened: Opened, now: float) -> None:
        """A state for receipt holders; a closing ends the way back, also of what was added, which has no receipt.

        That is for good, also where its word comes behind that of the opening again. One we cannot use changes nothing
        and is counted.
        """
        state = opened.messages["message"]
        assert isinstance(state, PublicState)
        is_used = receipts.pushed(conn, state.handle, opened.sender, state.state, state.version, now)
        is_its_box = receipts.node_of(conn, state.handle) in (None, opened.sender)
        if state.state == "closed" and is_its_box and self._vault.has(state.handle):
            closings.begin(conn, state.handle, now)
        elif not is_used:
            count(conn, "idle_state")
        faults.at("state-taken")

    def _take_place(self, conn: sqlite3.Connection, first: str, reply_no: int) -> None:
        """Earlier answers that still wait are over: one push says what is newest."""
        conn.execute(
            "update reply set state='expired', locked=null where first=? and reply_no<? and state='waiting'",
            (first, reply_no),
        )
        over = conn.execute(
            "select handle, reply_no from reply where first=? and reply_no<? and state not in ('sending', 'sent')",
            (first, reply_no),
        ).fetchall()
        for row in over:
            self._keys.pop(rows.name_of(row), None)

    def _expire(self, conn: sqlite3.Connection, reply: Reply, first: str, node: str, now: float) -> None:
        """Nobody can be answered (any more): the command is over, and nothing of what it says is kept.

        Its box hears no sooner than of one that is sent.
        """
        conn.execute(
            "insert into reply(handle, reply_no, first, node, week, due_at, state) values(?,?,?,?,?,?,'expired')"
            " on conflict do update set state='expired', locked=null where state in ('waiting', 'sending')",
            (reply.handle, reply.reply_no, first, node, week_of(now), self._due(now)),
        )
        if not _is_sent(conn, (reply.handle, reply.reply_no)):
            self._keys.pop((reply.handle, reply.reply_no), None)

    def _check(self, reply: Reply) -> None:
        template = self._catalogue.template(reply.template)
        if template is None or not 1 <= reply.reply_no <= BUDGET:
            raise SatarkError("an answer outside the catalogue or over its budget")
        if reply.reply_no == BUDGET and reply.template not in OUTCOMES:
            raise SatarkError("the last answer of the budget is kept for the outcome")
        template.text("en", reply.parameters)

    def _due(self, now: float) -> float:
        return when.after_quiet(now + when.wait_s(self._pace, self._rng), self._pace, self._rng)


def _check_node(conn: sqlite3.Connection, reply: Reply, reachable: Reachable | None, node: str) -> None:
    """Only the node a report went to may answer it; whoever opens its row clears what others sent for its handle.

    Of what was added to a report no receipt tells the node: without the row nothing is known, and nothing is sent.
    """
    home = (reachable.node if reachable else "") or receipts.node_of(conn, reply.handle)
    if home not in (None, node):
        raise SatarkError("an answer of a node to which the report did not go")
    if reachable is not None:
        conn.execute("delete from reply where handle=? and node<>?", (reply.handle, node))


def _has_no_place(conn: sqlite3.Connection, first: str, reply: Reply) -> bool:
    """Whether a later answer has come, or this number was used for another report of the same person's."""
    return rows.is_overtaken(conn, first, reply.reply_no) or rows.is_taken(
        conn, first, reply.handle, reply.reply_no
    )


def _is_waiting(conn: sqlite3.Connection, reply: Reply) -> bool:
    row = conn.execute(
        "select 1 from reply where handle=? and reply_no=? and state in ('waiting', 'sending')",
        (reply.handle, reply.reply_no),
    ).fetchone()
    return row is not None


def _is_sent(conn: sqlite3.Connection, name: tuple[str, int]) -> bool:
    """Whether it went and may still fail: then its key is needed once more."""
    row = conn.execute(
        "select 1 from reply where handle=? and reply_no=? and state in ('sending', 'sent')", name
    ).fetchone()
    return row is not None
