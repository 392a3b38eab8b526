"""Cases that may belong together, each with its reason."""

from appliance import ledger, search
from appliance.desk import Actor, Desk
from appliance.search.likeness import NUMBER, PLACE, VEHICLE, WORDS
from sync.clock import DAY_S
from tests.appliance.office import SP, START, Watch, body, receive

SHO = Actor("esha", "Esha", "sho", "SHO JNP-02")


def reasons(desk: Desk, serial: str, actor: Actor = SP) -> dict[int, set[str]]:
    rows = search.related(desk, actor, ledger.find(desk, serial))
    return {row.case_id: {reason.kind for reason in row.reasons} for row in rows}


def tell(desk: Desk, number: int, text: str, category: str = "liquor", thana: str = "JNP-01") -> str:
    return receive(desk, body(number, text=text, category=category, thana=thana, answers=(), place=""))


def test_a_vehicle_and_a_number_connect_cases_of_any_place(desk: Desk) -> None:
    mine = tell(desk, 1, "गाड़ी UP62AB4321, फोन 98391 23456")
    tell(desk, 2, "u.p. 62 ab 4321 roz aati hai", "drugs", "JNP-02")
    tell(desk, 3, "call 9839123456 for it", "arms", "JNP-02")
    tell(desk, 4, "UP62AB4320", "arms", "JNP-02")
    assert reasons(desk, mine) == {2: {VEHICLE}, 3: {NUMBER}}


def test_the_reason_of_a_number_tells_its_end_only(desk: Desk) -> None:
    mine = tell(desk, 1, "फोन 98391 23456")
    tell(desk, 2, "9839123456", "arms", "JNP-02")
    (row,) = search.related(desk, SP, ledger.find(desk, mine))
    assert row.reasons[0].detail == "…3456"


def test_rare_words_connect_and_common_ones_do_not(desk: Desk) -> None:
    for number in range(10, 60):
        tell(desk, number, "यहाँ रोज़ अवैध शराब बिकती है", "mining", "JNP-02")
    mine = tell(desk, 1, "यहाँ रोज़ अवैध काम, कल्लू सेठ का पुराना गोदाम")
    tell(desk, 2, "पुराना गोदाम कल्लू का", "drugs", "JNP-02")
    assert reasons(desk, mine) == {52: {WORDS}}


def test_the_same_place_kind_and_time_is_a_reason_the_nearest_first(desk: Desk, watch: Watch) -> None:
    tell(desk, 1, "अ")
    watch.now = START + 40 * DAY_S
    tell(desk, 2, "आ")
    watch.now = START + 48 * DAY_S
    tell(desk, 3, "इ")
    mine = tell(desk, 4, "ई")
    tell(desk, 5, "उ", "drugs")
    found = search.related(desk, SP, ledger.find(desk, mine))
    assert [(row.case_id, row.reasons[0].kind, row.reasons[0].detail) for row in found] == [
        (3, PLACE, "0"),
        (2, PLACE, "8"),
    ]


def test_only_what_one_may_see_is_named(desk: Desk) -> None:
    mine = tell(desk, 1, "गाड़ी UP62AB4321")
    tell(desk, 2, "UP62AB4321")
    assert reasons(desk, mine) and reasons(desk, mine, SHO) == {}
