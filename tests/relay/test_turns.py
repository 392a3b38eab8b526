"""People take turns: one sender's flood is no other's wait, and what each did keeps its order."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay import spool
from relay.events import Event, Sender, Update
from relay.intake import turns
from relay.intake.turns import Turns
from relay.spool import Item
from sync.db import transaction
from tests.relay.builders import FakeRelay, Phone

ASHA, VIMLA, KAMLA = "919000000001", "919000000002", "919000000003"


def texts(relay: FakeRelay, taken: Turns, most: int = 1000) -> list[str]:
    """What is taken next, and used up."""
    found = list[str]()
    while len(found) < most and (item := taken.next()) is not None:
        found.append(text_of(item))
        use(relay, item, taken)
    return found


def text_of(item: Item) -> str:
    assert item.queued is not None
    event = item.queued.event
    assert event is not None
    return event.text or event.opaque or event.kind


def use(relay: FakeRelay, item: Item, taken: Turns) -> None:
    with transaction(relay.conn):
        spool.drop(relay.conn, item)
    taken.done()


def status(relay: FakeRelay, name: str) -> None:
    relay.put(Update(name, Event("status", "100", None, 0, status="sent", opaque=name)))


def test_ones_second_thing_waits_behind_the_first_of_others(relay: FakeRelay) -> None:
    relay.put(*Phone(relay, ASHA).updates("a1", "a2", "a3"))
    relay.put(*Phone(relay, VIMLA).updates("b1", "b2"))
    relay.put(*Phone(relay, KAMLA).updates("c1"))
    assert texts(relay, Turns(relay.conn, relay.keys)) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_somebody_waits_for_one_thing_of_a_flood_and_no_more(relay: FakeRelay) -> None:
    taken = Turns(relay.conn, relay.keys)
    relay.put(*Phone(relay, ASHA).updates(*(f"a{n}" for n in range(turns.LOOK_ROWS // 2))))
    assert texts(relay, taken, 3) == ["a0", "a1", "a2"]
    relay.put(*Phone(relay, VIMLA).updates("b1"))
    assert "b1" in texts(relay, taken, 2)


def test_a_flood_larger_than_one_look_is_known_after_some_steps(relay: FakeRelay) -> None:
    taken = Turns(relay.conn, relay.keys)
    relay.put(*Phone(relay, ASHA).updates(*(f"a{n}" for n in range(3 * turns.LOOK_ROWS))))
    relay.put(*Phone(relay, VIMLA).updates("b1"))
    assert "b1" in texts(relay, taken, 6)


def test_statuses_have_every_second_turn(relay: FakeRelay) -> None:
    for who in (ASHA, VIMLA, KAMLA):
        relay.put(*Phone(relay, who).updates(f"{who[-1]} one", f"{who[-1]} two"))
    for name in ("s1", "s2"):
        status(relay, name)
    said = texts(relay, Turns(relay.conn, relay.keys))
    assert said[:4] == ["s1", "1 one", "s2", "2 one"]


def test_who_has_a_new_number_stays_behind_the_word_of_it(relay: FakeRelay) -> None:
    old, new = Phone(relay, ASHA), Phone(relay, KAMLA)
    moved = Event("moved", "100", old.who, 0, moved_to=new.who)
    relay.put(*old.updates("a1", "a2"))
    relay.put(old.update(moved))
    relay.put(*new.updates("c1"))
    relay.put(*Phone(relay, VIMLA).updates("b1"))
    taken = Turns(relay.conn, relay.keys)
    assert texts(relay, taken) == ["a1", "b1", "a2", "moved", "c1"]
    relay.put(*new.updates("c2"))
    assert texts(relay, taken) == ["c2"]


def test_what_is_gone_meanwhile_is_passed_over(relay: FakeRelay) -> None:
    taken = Turns(relay.conn, relay.keys)
    relay.put(*Phone(relay, ASHA).updates("a1", "a2"))
    assert texts(relay, taken, 1) == ["a1"]
    relay.put(*Phone(relay, VIMLA).updates("b1"))
    item = taken.next()
    assert item is not None
    relay.conn.execute("delete from event where id=?", (item.id,))
    assert len(texts(relay, taken)) == 1


def test_what_is_not_done_comes_again(relay: FakeRelay) -> None:
    taken = Turns(relay.conn, relay.keys)
    relay.put(*Phone(relay, ASHA).updates("a1"))
    assert taken.next() == taken.next() is not None


def test_a_conversation_is_woken_though_others_flood(relay: FakeRelay) -> None:
    asha = Phone(relay, ASHA).do("Hi", "language|en", "category|drugs", "police|no", "partial|yes")
    relay.conn.execute("update draft set wake_at=?", (relay.now,))
    relay.put(*Phone(relay, VIMLA).updates(*["Hi"] * 60))
    for _ in range(40):
        relay.engine.step()
    assert relay.value("select 1 from event where state='new'") and asha.got
    assert relay.value("select count(*) from draft where wake_at<=?", relay.now) == 0


_NUMBERS = count()
Act = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([ASHA, VIMLA, KAMLA, ""]), st.integers(1, 4)),
    st.tuples(st.sampled_from(["take", "restart", "set aside"]), st.just(""), st.integers(1, 5)),
)


@pytest.mark.slow
@given(st.lists(Act, max_size=25))
def test_whatever_comes_each_is_taken_once_and_in_its_order(
    relay: FakeRelay, acts: list[tuple[str, str, int]]
) -> None:
    """Numbers of rows are given again by SQLite; a restart looks at all of them anew."""
    relay.conn.execute("delete from event")
    taken, wrote, got = Turns(relay.conn, relay.keys), list[tuple[str, str]](), list[tuple[str, str]]()

    def take(most: int, keep: bool = False) -> None:
        while most and (item := taken.next()) is not None:
            sender = item.queued.sender if item.queued else None
            got.append((sender.phone if sender else "", text_of(item)))
            with transaction(relay.conn):
                (spool.keep if keep else spool.drop)(relay.conn, item)
            taken.done()
            most -= 1

    for act, who, number in acts:
        if act == "write":
            for _ in range(number):
                name = f"{next(_NUMBERS)}"
                wrote.append((who, name))
                event = Event("text", "100", Sender("", who), 0, text=name)
                none = Event("status", "100", None, 0, status="sent", opaque=name)
                relay.put(Update(name, event if who else none))
        elif act == "restart":
            taken = Turns(relay.conn, relay.keys)
        else:
            take(number, act == "set aside")
    take(10_000)
    assert sorted(got) == sorted(wrote)
    for who in (ASHA, VIMLA, KAMLA, ""):
        assert [one for one in got if one[0] == who] == [one for one in wrote if one[0] == who]
