"""The table of classes, and what a new case is classed as."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import cases, ledger, sensitivity
from appliance.desk import OFFICE, ROLES, Actor, Desk
from appliance.errors import ForHeads
from appliance.proposal import Proposal, proposed
from appliance.sensitivity import RULES
from sync import catalogue
from sync.catalogue import SENSITIVITIES
from sync.messages import Answer
from sync.notices import NO_BRIEF
from tests.appliance.office import POST, SCREENER, SP, SUPERVISOR, body, manifest, receive

SHO = Actor("sho1", "SHO", "sho", POST)
KINDS = [code.code for code in catalogue.load().categories]


def test_every_class_has_its_row_with_and_without_flags() -> None:
    assert set(RULES) == {(name, flagged) for name in SENSITIVITIES for flagged in (False, True)}
    for row in RULES.values():
        sets = (row.words, row.outline, row.media, row.saves, row.explains, row.exports)
        assert all(roles <= set(ROLES) for roles in sets)
        assert row.words <= row.outline and row.saves <= row.media and row.exports <= OFFICE
        assert row.exports <= row.prints <= OFFICE & row.words


@pytest.mark.parametrize("flagged", [False, True])
def test_a_stricter_class_lets_nobody_do_more(flagged: bool) -> None:
    ladder = [RULES[name, flagged] for name in SENSITIVITIES]
    for looser, stricter in pairwise(ladder):
        for name in ("words", "outline", "media", "saves", "prints", "exports", "samples"):
            assert getattr(stricter, name) <= getattr(looser, name)
        assert stricter.brief <= looser.brief and looser.is_veiled <= stricter.is_veiled
        assert looser.days <= stricter.days
        assert looser.explains & stricter.media <= stricter.explains
    for name in SENSITIVITIES:
        assert RULES[name, True].media <= RULES[name, False].media and not RULES[name, True].brief


def test_what_the_relay_refuses_by_itself_the_table_refuses_too() -> None:
    assert {name for (name, flagged), row in RULES.items() if not row.brief and not flagged} == NO_BRIEF


def test_who_is_no_reader_of_cases_is_in_no_set() -> None:
    for row in RULES.values():
        for roles in (row.words, row.outline, row.media, row.saves, row.exports):
            assert not roles & {"analyst", "technician", "auditor"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Proposal("open")),
        ({"fear": "yes"}, Proposal("restricted")),
        ({"police_involved": "yes"}, Proposal("secret")),
        ({"police_involved": "unsure"}, Proposal("open")),
        ({"answers": (Answer("victim", "child", ""),)}, Proposal("secret", True, True)),
        ({"answers": (Answer("victims", "labour", ""),)}, Proposal("restricted", True)),
        ({"answers": (Answer("what", "child", ""),)}, Proposal("open")),
        ({"evidence": (replace(manifest(b"x"), kind="voice"),)}, Proposal("restricted")),
        ({"evidence": (replace(manifest(b"x"), kind="photo"),)}, Proposal("open")),
        (
            {"category": "prostitution", "evidence": (replace(manifest(b"x"), kind="photo"),)},
            Proposal("restricted", True),
        ),
    ],
)
def test_what_is_proposed(changes: dict[str, object], expected: Proposal) -> None:
    assert proposed(body(1, **changes), "open") == expected


@given(
    of_category=st.sampled_from(SENSITIVITIES),
    category=st.sampled_from(KINDS),
    fear=st.sampled_from(("yes", "no", "unsure")),
    police=st.sampled_from(("yes", "no", "unsure")),
    kind=st.sampled_from(("photo", "voice", "video", "document")),
)
def test_a_proposal_is_never_below_the_kind_of_crime(
    of_category: str, category: str, fear: str, police: str, kind: str
) -> None:
    files = (replace(manifest(b"x"), kind=kind),)
    told = body(1, category=category, fear=fear, police_involved=police, evidence=files)
    assert SENSITIVITIES.index(proposed(told, of_category).sensitivity) >= SENSITIVITIES.index(of_category)


def test_flags_stand_at_the_case_from_its_arrival(desk: Desk) -> None:
    serial = receive(desk, body(1, category="women_child", answers=(Answer("victim", "child", ""),)))
    case = ledger.find(desk, serial)
    assert (case.sensitivity, case.victim, case.child) == ("secret", 1, 1)


def test_a_post_reads_choices_and_place_never_the_informants_words(desk: Desk) -> None:
    serial = receive(desk, body(1))
    cases.screen(desk, serial, SCREENER, 1)
    cases.assign(desk, serial, SUPERVISOR, 2, POST)
    (told,) = cases.seen(desk, serial, SHO).reports
    assert (told.text, told.place, [answer.choice for answer in told.answers]) == (
        "",
        body(1).place,
        ["daily"],
    )
    assert cases.seen(desk, serial, SUPERVISOR).reports[0].text == body(1).text


def test_a_post_reads_nothing_of_what_was_told_in_a_secret_case(desk: Desk) -> None:
    serial = receive(desk, body(1))
    desk.conn.execute("update case_file set post=?, sensitivity='secret', status='assigned'", (POST,))
    assert cases.seen(desk, serial, SHO).reports == ()


def test_a_class_nobody_knows_counts_as_the_strictest(desk: Desk) -> None:
    case = replace(ledger.find(desk, receive(desk, body(1))), sensitivity="of a newer box")
    assert sensitivity.rule(case) is RULES["secret", False]


@pytest.mark.parametrize("actor", [SCREENER, SUPERVISOR])
@pytest.mark.parametrize(
    ("sensitivity", "victim", "child"),
    [("restricted", 1, 1), ("secret", 0, 1), ("secret", 1, 0), ("open", 0, 0)],
)
def test_only_the_heads_make_a_case_less_sensitive(
    desk: Desk, actor: Actor, sensitivity: str, victim: int, child: int
) -> None:
    serial = receive(desk, body(1))
    cases.reclassify(
        desk, serial, actor, 1, "secret", True, True, "a girl of nine"
    )  # stricter: whoever screens
    lower = (sensitivity, bool(victim), bool(child), "a mistake")
    with pytest.raises(ForHeads):
        cases.reclassify(desk, serial, actor, 2, *lower)
    assert ledger.find(desk, serial).version == 2
    cases.reclassify(desk, serial, SP, 2, *lower)
    assert ledger.find(desk, serial).sensitivity == sensitivity


def test_a_flag_set_later_ends_what_a_post_could_open(desk: Desk) -> None:
    serial = receive(desk, body(1))
    desk.conn.execute("update case_file set post=?", (POST,))
    assert sensitivity.sees_media("sho", ledger.find(desk, serial))
    cases.reclassify(desk, serial, SCREENER, 1, "open", True, False, "a girl is in the picture")
    assert not sensitivity.sees_media("sho", ledger.find(desk, serial))
