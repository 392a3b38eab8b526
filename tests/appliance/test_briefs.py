"""A brief is short, allowed, and in the office's own words."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import briefs, cases, reports
from appliance.desk import Desk
from appliance.errors import BriefRefused
from sync.messages import Answer
from tests.appliance.office import POST, SP, SUPERVISOR, body, close, receive

Check = Callable[..., None]
EMPTY = reports.Told(
    *(1, 0, 0, "liquor", "JNP", "", "", "hi", (), "", False, "no", "no", False, True, False, False, 0)
)


@pytest.fixture
def check(desk: Desk) -> Check:
    receive(
        desk,
        body(
            1,
            text="नदी के पुल के पास हर शाम कच्ची शराब बिकती है",
            answers=(Answer("who", "", "a tall man with a red beard"),),
        ),
    )
    told = [reports.told(desk, 1)]
    return lambda text, sensitivity="restricted": briefs.check(text, sensitivity != "secret", told)


def reason(check: Check, text: str, sensitivity: str = "restricted") -> str:
    with pytest.raises(BriefRefused) as caught:
        check(text, sensitivity)
    return caught.value.reason


@pytest.mark.parametrize("text", ["", "शाम को पुल के पास जांच करें", "हर शाम, नदी के पुल के पास", "near the mill"])
def test_own_words_may_go(check: Check, text: str) -> None:
    check(text, "restricted")


@pytest.mark.parametrize(
    "text",
    [
        "देखें: पुल के पास, हर शाम कच्ची शराब",
        "Look for A TALL MAN, with a red hat or beard: a tall man with a red shirt",
    ],
)
def test_six_words_of_the_informant_are_refused(check: Check, text: str) -> None:
    assert reason(check, text) == "quoted"


def test_a_secret_case_has_no_brief(check: Check) -> None:
    assert reason(check, "come quickly", "secret") == "secret"
    check("", "secret")


def test_a_brief_is_counted_as_a_browser_counts(check: Check) -> None:
    check("x" * 600, "open")
    assert reason(check, "x" * 601) == "long"
    assert reason(check, "🐄" * 301) == "long"


@given(words=st.lists(st.text("abcअआि", min_size=1, max_size=3), min_size=6, max_size=12), data=st.data())
def test_any_run_of_six_words_is_found_whatever_stands_around(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words) - 6))
    run = "  ".join(words[at : at + 6]).upper()
    told = [replace(EMPTY, text=", ".join(words))]
    with pytest.raises(BriefRefused, match="quoted"):
        briefs.check(f"Please: {run}!", True, told)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "call 98765 43210",
            "फोन ९८७६५४३२१०",
            "Aadhaar 2345 6789 0124",
            "pay to ram@okaxis",
            "mail ram@gmail.com",
        ),
        *(
            "see https://x.example/a",
            "open www.example.in",
            "write to wa.me/91",
            "bit.ly/abc",
            "evil.COM now",
        ),
        *("send 1234-5678-9012-3456", "१२३४ ५६७८ ९०१२ ३४५६"),
    ],
)
def test_no_link_and_nobodys_number_goes_out(check: Check, text: str) -> None:
    assert reason(check, text) == "number"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Look for UP62 AB 1234 on 21.11.2026 at 18:30",
            "case JNP-2026-00417, 3 men",
            "Mr.Singh at Dist.Jaunpur",
        ),
        *(
            "NH-31, milestone 117, 500 m north",
            "रात 10 बजे, 21-11-2026 18:30 तक",
            "Ask in Gen.Store, house no.12",
        ),
    ],
)
def test_plates_dates_and_serials_may_go(check: Check, text: str) -> None:
    check(text)


@pytest.mark.parametrize("whose", ["duplicate", "earlier"])
def test_words_of_linked_reports_are_the_informants_too(desk: Desk, whose: str) -> None:
    first = receive(desk, body(1, text="they sell barrels of it behind the old mill"))
    if whose == "duplicate":
        serial = receive(desk, body(2, text="another story"))
        cases.mark_duplicate(desk, first, SUPERVISOR, 1, serial)
    else:
        cases.screen(desk, first, SUPERVISOR, 1)
        close(desk, first, SP, 2, "unfounded")
        serial = receive(desk, body(2, text="another story", adds_to=body(1).handle))
    cases.screen(desk, serial, SUPERVISOR, cases.get(desk, serial).version)
    version = cases.get(desk, serial).version
    with pytest.raises(BriefRefused, match="quoted"):
        cases.assign(
            desk, serial, SUPERVISOR, version, POST, brief="They sell barrels of it behind something"
        )
