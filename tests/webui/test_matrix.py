"""Role by address by object: nobody gets an answer that matrix.txt does not grant; every new address is asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.desk import RANGE, ROLES, SP
from tests.appliance.office import Watch, open_office
from tests.webui.matrix import EVERYBODY, NOBODY, NOWHERE, OTHERS, TABLE, Office, Place, head, written
from tests.webui.world import site_of, somebody, tell_range, without_tls

pytestmark = pytest.mark.slow

DOOR = {
    "/locked/urgent",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/factor",
    "/sign-out",
    "/language",
    "/locked",
    "/help",
    "/help/<name>",
}
"""What answers somebody who is not signed in otherwise than by leading him to the sign-in."""
OF_REPORTS = ("/cases", "/evidence")
WITHOUT_REPORTS = ("analyst", "technician", "auditor")

Answers = dict[Place, dict[str, int]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("matrix"))
    yield made
    made.desk.conn.close()


@pytest.fixture(scope="module")
def answers(office: Office) -> Answers:
    return {place: {who: office.ask(place, who) for who in EVERYBODY} for place in office.places()}


def test_every_answer_is_the_one_of_the_table(answers: Answers) -> None:
    first, *wanted = TABLE.read_text(encoding="utf-8").splitlines()
    found = [written(place.name, list(codes.values())) for place, codes in answers.items()]
    new, gone = [row for row in found if row not in wanted], [row for row in wanted if row not in found]
    assert first == head()
    assert (new, gone) == ([], []), (
        "tests/webui/matrix.txt says otherwise. For a new address: look whether each role may have that answer, then"
        " add the rows (python -m tests.webui.matrix prints them).\nThe program:\n"
        + "\n".join(new)
        + "\nThe table:\n"
        + "\n".join(gone)
    )


def test_whoever_is_not_signed_in_is_led_to_the_door(answers: Answers) -> None:
    wrong = {
        place.name: codes[NOBODY]
        for place, codes in answers.items()
        if codes[NOBODY] not in (302, 303, 401) and place.rule not in DOOR
    }
    assert wrong == {}


def test_what_is_anothers_is_not_there(answers: Answers) -> None:
    leaks = {
        (place.name, who): codes[who]
        for place, codes in answers.items()
        for who in ("co", "sho")
        if OTHERS in place.about and codes[who] not in (403, 404)
    }
    assert leaks == {}


def test_what_is_nowhere_is_there_for_nobody(answers: Answers) -> None:
    # 409: the form was refused before anybody looked for the case
    leaks = {
        (place.name, who): codes[who]
        for place, codes in answers.items()
        for who in ROLES
        if NOWHERE in place.about and codes[who] not in (403, 404, 409)
    }
    assert leaks == {}


def test_roles_without_reports_get_none(answers: Answers) -> None:
    leaks = {
        (place.name, who): codes[who]
        for place, codes in answers.items()
        for who in WITHOUT_REPORTS
        if place.rule.startswith(OF_REPORTS) and codes[who] not in (403, 404)
    }
    assert leaks == {}


@pytest.mark.parametrize("who", [SP, NOBODY])
def test_every_form_without_its_token_is_refused(office: Office, answers: Answers, who: str) -> None:
    forms = [place for place in answers if place.method == "POST"]
    refused = {place.name: office.ask(place, who, token=False) for place in forms}
    assert {name: code for name, code in refused.items() if code != 400} == {}
    assert any(place.rule == "/sign-out" for place in forms)


def test_pages_of_the_range_are_for_its_head_alone(tmp_path: Path) -> None:
    desk = without_tls(open_office(tmp_path, Watch(), RANGE))
    tell_range(desk, desk.clock())
    app = site_of(desk)
    pages = sorted(rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/range"))
    for role in ROLES:
        visitor = somebody(desk, app, role)
        assert {visitor.get(page).status_code for page in pages} == {200 if role == RANGE else 403}, role
