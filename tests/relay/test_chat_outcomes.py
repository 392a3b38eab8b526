"""Messages of which nobody can say whether they went: a status settles it, else they go once more and never again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import chat, processes
from relay.chat import Saying
from relay.dialogue import Say
from relay.events import Event, Sender
from relay.whatsapp import OutcomeUnknown, SendError, Text
from sync.db import transaction
from tests.relay.builders import SENDER, FakeRelay, PowerCut, body_of

OTHER = Sender("IN.123", "")
WAIT_S = 20.0


def _queue(relay: FakeRelay, *texts: str, sender: Sender = SENDER) -> None:
    with transaction(relay.conn):
        for text in texts:
            chat.queue(relay.conn, relay.keys, Saying(sender, Say(text)), relay.rng)


def _status(relay: FakeRelay, status: str, code: int = 0, opaque: str = "") -> None:
    found = opaque or str(relay.value("select opaque from chat_out order by id limit 1"))
    event = Event("status", "100", None, 0, status=status, opaque=found, error_code=code)
    with transaction(relay.conn):
        chat.note_status(relay.conn, event, relay.now)


def _later(relay: FakeRelay, seconds: float = WAIT_S) -> None:
    relay.told_time.now += seconds
    relay.run()


def _texts(relay: FakeRelay) -> list[str]:
    return [body_of(sent.payload) for sent in relay.whatsapp.sent]


def _states(relay: FakeRelay) -> list[str]:
    return [row[0] for row in relay.conn.execute("select state from chat_out order by id")]


@pytest.fixture
def doubtful(relay: FakeRelay) -> FakeRelay:
    """The first of a person's two messages went to WhatsApp, and nobody answered."""
    relay.whatsapp.trouble = [OutcomeUnknown("no answer")]
    _queue(relay, "एक", "दो")
    relay.run()
    return relay


def test_until_a_status_came_the_persons_next_waits_and_others_go(doubtful: FakeRelay) -> None:
    _queue(doubtful, "three", sender=OTHER)
    doubtful.run()
    assert _states(doubtful) == ["unknown", "queued", "sent"] and _texts(doubtful) == ["three"]


@pytest.mark.parametrize("status", ["sent", "delivered", "read"])
def test_a_status_says_that_it_went_and_the_next_follows(doubtful: FakeRelay, status: str) -> None:
    _status(doubtful, status)
    _later(doubtful)
    assert _states(doubtful) == [status, "sent"] and _texts(doubtful) == ["दो"]


def test_without_a_word_it_goes_once_more_under_the_same_name(doubtful: FakeRelay) -> None:
    _later(doubtful, WAIT_S - 1)
    assert _texts(doubtful) == []
    _later(doubtful, 1)
    assert _texts(doubtful) == ["एक", "दो"]
    first = doubtful.value("select opaque from chat_out order by id limit 1")
    assert doubtful.whatsapp.sent[0].opaque == first


def test_in_doubt_twice_it_is_left_at_that(doubtful: FakeRelay) -> None:
    doubtful.whatsapp.trouble = [OutcomeUnknown("no answer")]
    doubtful.whatsapp.went_anyway = True
    _later(doubtful)
    assert _states(doubtful) == ["unknown", "queued"]
    _later(doubtful)
    _later(doubtful, 600)
    assert _texts(doubtful) == ["एक", "दो"] and _states(doubtful) == ["sent", "sent"]


def test_as_long_as_whatsapp_is_away_the_last_try_is_kept(doubtful: FakeRelay) -> None:
    doubtful.whatsapp.reachable = False
    for _ in range(50):
        _later(doubtful, 300)
    assert _states(doubtful) == ["unknown", "queued"] and _texts(doubtful) == []
    doubtful.whatsapp.reachable = True
    _later(doubtful, 400)
    assert _texts(doubtful) == ["एक", "दो"]


def test_a_status_that_it_failed_for_good_ends_it(doubtful: FakeRelay) -> None:
    _status(doubtful, "failed", 131026)
    _later(doubtful)
    assert _states(doubtful) == ["failed", "sent"] and _texts(doubtful) == ["दो"]


def test_a_status_that_it_failed_for_now_asks_for_another_try_that_may_be_in_doubt_again(
    doubtful: FakeRelay,
) -> None:
    _status(doubtful, "failed", 131056)
    assert doubtful.value("select doubts from chat_out order by id limit 1") == 0
    _later(doubtful)
    assert _texts(doubtful) == ["एक", "दो"]


def test_killed_between_sending_and_noting_it_is_in_doubt(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    send = relay.whatsapp.send

    def cut(to: Sender, payload: Text, opaque: str) -> None:
        send(to, payload, opaque)
        raise PowerCut

    with pytest.MonkeyPatch.context() as patched, pytest.raises(PowerCut):
        patched.setattr(relay.whatsapp, "send", cut)
        relay.sender.step()
    relay.start()
    relay.run()
    assert _states(relay) == ["unknown"] and _texts(relay) == ["एक"]
    _status(relay, "delivered")
    _later(relay, 600)
    assert _texts(relay) == ["एक"]


def test_what_whatsapp_took_and_refused_for_now_goes_again(relay: FakeRelay) -> None:
    _queue(relay, "एक")
    relay.run()
    _status(relay, "failed", 131000)
    _later(relay)
    assert _texts(relay) == ["एक", "एक"] and _states(relay) == ["sent"]


def test_but_not_when_something_was_said_since(relay: FakeRelay) -> None:
    _queue(relay, "एक", "दो")
    relay.run()
    _status(relay, "failed", 131000)
    _later(relay)
    assert _texts(relay) == ["एक", "दो"] and _states(relay) == ["failed", "sent"]


OUTCOMES = [
    "ok",
    "ok",
    "too fast",
    "later",
    "never",
    "lost",
    "went",
    "lost, told",
    "went, told",
    "killed",
    "cut",
]
LATER, NEVER = SendError(131000, 500), SendError(131026, 400)


class _Line:
    """WhatsApp as chance has it: what became of each sending, and the statuses that tell of it."""

    def __init__(self, relay: FakeRelay, outcomes: list[str]) -> None:
        self.relay, self.outcomes = relay, outcomes
        self.arrived: list[tuple[Sender, str]] = []
        self.refused: set[str] = set()
        self.statuses: list[tuple[str, str, int]] = []

    def send(self, to: Sender, payload: Text, opaque: str) -> None:
        """One sending; the outcomes that were drawn are used up in order, then all is well."""
        outcome, text = (self.outcomes.pop(0) if self.outcomes else "ok"), body_of(payload)
        if outcome == "too fast":
            raise SendError(131056, 400)
        if outcome == "later":
            raise LATER
        if outcome == "never":
            self.refused.add(text)
            raise NEVER
        if outcome in ("ok", "went", "went, told", "killed"):
            self.arrived.append((to, text))
        if outcome.endswith("told"):
            self.statuses.append((opaque, *(("delivered", 0) if "went" in outcome else ("failed", 131000))))
        if outcome in ("killed", "cut"):
            raise PowerCut
        if outcome != "ok":
            raise OutcomeUnknown("no answer")

    def tell(self) -> None:
        """The statuses come."""
        for opaque, status, code in self.statuses:
            _status(self.relay, status, code, opaque)
        self.statuses.clear()


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(OUTCOMES), max_size=14),
    st.lists(st.booleans(), min_size=1, max_size=6),
)
def test_whatever_happens_each_message_arrives_once_or_twice_in_order(
    relay: FakeRelay, outcomes: list[str], whose: list[bool]
) -> None:
    relay.conn.execute("delete from chat_out")
    relay.sender = processes.chat_sender(relay)
    line = _Line(relay, list(outcomes))
    relay.whatsapp.send = line.send  # type: ignore[method-assign,assignment]  # WhatsApp as chance has it
    said = [(OTHER if other else SENDER, f"m{n}") for n, other in enumerate(whose)]
    for sender, text in said:
        _queue(relay, text, sender=sender)
    for _ in range(60):
        try:
            while relay.sender.step():
                pass
        except PowerCut:
            relay.sender = processes.chat_sender(relay)
        line.tell()
        relay.told_time.now += 60
    assert set(_states(relay)) <= {"sent", "delivered", "failed"}
    _check(line, said, outcomes)


def _check(line: _Line, said: list[tuple[Sender, str]], outcomes: list[str]) -> None:
    counts = Counter(line.arrived)
    silent = sum(outcome in ("lost", "cut") for outcome in outcomes)  # nobody ever tells of these
    lost = [one for one in said if not counts[one] and one[1] not in line.refused]
    assert len(lost) <= silent // 2  # both sendings of a message came to nothing, and nobody said so
    assert max(counts.values(), default=0) <= 2
    for person in (SENDER, OTHER):
        first = list(dict.fromkeys(text for to, text in line.arrived if to == person))
        assert first == sorted(first)
        order = [text for to, text in line.arrived if to == person]
        assert order == sorted(order)
