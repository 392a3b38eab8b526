"""Who gets which answer where: every address of the application, asked by every role, for what is his and what is not.

``python -m tests.webui.matrix`` prints the rows as they are now. A row goes into matrix.txt after somebody has looked
at it: the table says what is wanted, the program what is.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from appliance import cases, holders, people
from appliance.desk import ROLES, Desk
from sync.clock import DAY_S
from tests.appliance.office import SUPERVISOR, Watch, open_office
from tests.webui.world import Visitor, site_of, somebody, with_photo, without_tls
from webui.acts import ACTS

TABLE = Path(__file__).with_name("matrix.txt")
NOBODY = "nobody"
EVERYBODY = (NOBODY, *ROLES)
OWN, OTHERS, NOWHERE = "own", "others'", "nowhere"
"""Of the posts that co and sho of this office sit for; of another post; of another box, or of nobody."""


@dataclass(frozen=True)
class Place:
    """One request: the rule it is for, which objects, and what it sends."""

    method: str
    rule: str
    about: str
    path: str
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What the row of the table begins with."""
        return f"{self.method:4} {self.rule} {self.about}".rstrip()


class Office:
    """A box with one person of each role, a case of theirs and one of another post; put back before each request."""

    def __init__(self, folder: Path) -> None:
        """``folder``: empty."""
        self.desk: Desk = without_tls(open_office(folder, Watch()))
        self.app: Flask = site_of(self.desk)
        self._visitors = {role: somebody(self.desk, self.app, role) for role in ROLES}
        self._visitors[NOBODY] = Visitor(self.app.test_client())
        people.add(self.desk, "bina", "Bina", "supervisor", "three cups of tea")
        bina = people.begin(self.desk, SUPERVISOR)
        login = people.of_token(self.desk, bina, self.desk.clock())
        assert login is not None
        self.ref = login.ref
        self.own, self.others = self._case(1, "JNP-01"), self._case(2, "JNP-02")
        day = int(self.desk.clock()) + 9 * DAY_S
        holders.appoint(self.desk, SUPERVISOR, "SHO JNP-01", "Iqbal", "9812345678", "hi", since=day)
        self._tokens = {who: visitor.token() for who, visitor in self._visitors.items()}
        self._cookies = {who: visitor.client.get_cookie("satark") for who, visitor in self._visitors.items()}
        self._kept = sqlite3.connect(":memory:")
        self.desk.conn.backup(self._kept)

    def _case(self, number: int, thana: str) -> tuple[str, str]:
        serial, manifest, _ = with_photo(self.desk, number, thana=thana)
        cases.screen(self.desk, serial, SUPERVISOR, 1)
        cases.assign(self.desk, serial, SUPERVISOR, 2, f"SHO {thana}")
        return serial, manifest.file_id

    def ask(self, place: Place, who: str, token: bool = True) -> int:
        """The code of the answer; ``token`` False: the form lacks the token that ties it to the browser."""
        self._kept.backup(self.desk.conn)
        client, cookie = self.app.test_client(), self._cookies[who]
        if cookie is not None:
            client.set_cookie("satark", cookie.value)
        if place.method == "GET":
            return client.get(place.path).status_code
        fields = {**dict(place.fields), **({"csrf_token": self._tokens[who]} if token else {})}
        return client.post(place.path, data=fields).status_code

    def places(self) -> Iterator[Place]:
        """Every rule with every method, filled with every example."""
        for rule in sorted(self.app.url_map.iter_rules(), key=lambda rule: rule.rule):
            if rule.endpoint != "static":
                for method in sorted(rule.methods or ()):
                    if method in ("GET", "POST"):
                        yield from self._filled(rule, method)

    def _filled(self, rule: Rule, method: str) -> Iterator[Place]:
        examples = self._examples(rule.rule)
        missing = sorted(set(rule.arguments) - set(examples))
        assert not missing, f"{rule.rule}: tell tests/webui/matrix.py an example of {missing}"
        adapter, names = self.app.url_map.bind("localhost"), sorted(rule.arguments)
        for chosen in product(*(examples[name].items() for name in names)):
            values = {name: value for name, (_, value) in zip(names, chosen, strict=True)}
            about = " ".join(said for said, _ in chosen)
            path = adapter.build(rule.endpoint, values)
            yield Place(method, rule.rule, about, path, tuple(self._fields(rule.rule, about).items()))

    def _examples(self, rule: str) -> Mapping[str, Mapping[str, str]]:
        acts = PEOPLE_ACTS if rule.startswith("/people") else tuple(ACTS)
        return {
            "serial": {OWN: self.own[0], OTHERS: self.others[0], NOWHERE: "GZP-2026-00001"},
            "file_id": {OWN: self.own[1], OTHERS: self.others[1], NOWHERE: "f" * 32},
            "other": {OWN: self.own[0], OTHERS: self.others[0]},
            "post": {OWN: "SHO JNP-01", OTHERS: "SHO JNP-02", NOWHERE: "SHO GZP-01"},
            "person": {"bina": "bina", NOWHERE: "nobody"},
            "act": {act: act for act in (*acts, "nothing")},
            "what": {"trend": "trend", "nothing": "nothing"},
            "name": {"start": "start", "nothing": "nothing"},
        }

    def _fields(self, rule: str, about: str) -> Mapping[str, str]:
        fields = {"version": "3", "note": "of this office"}
        return {**fields, **FIELDS.get(rule, {}), **({"ref": self.ref} if rule in OF_REFS else {})}


PEOPLE_ACTS = ("place", "reset", "drop-factor", "disable", "enable", "end-logins")
OF_REFS = ("/me/logins", "/sign-ins")
"""Forms that name a sign-in: here it is always Bina's, who is none of those who ask."""
FIELDS: Mapping[str, Mapping[str, str]] = {
    "/people": {"name": "new.one", "display": "New One", "place": "screener"},
    "/people/<person>/<act>": {"place": "screener"},
    "/posts/call-off": {"plan": "1"},
    "/posts/change-day": {"plan": "1", "day": "2026-01-05"},
    "/posts/release": {"post": "SHO JNP-01"},
    "/cases/<serial>/answer": {"template": "taken_up"},
    "/language": {"language": "en"},
    "/evidence/<file_id>/look": {"reason": "screening"},
    "/cases/<serial>/package": {"reason": "court"},
    "/cases/<serial>/package/file": {"reason": "court", "begun": "0"},
}


def row(office: Office, place: Place) -> str:
    """A row of the table as the program answers now."""
    return written(place.name, [office.ask(place, who) for who in EVERYBODY])


def written(name: str, codes: list[int]) -> str:
    """A row as it stands in the file."""
    return f"{name:62} " + " ".join(f"{code}" for code in codes)


def head() -> str:
    """The first line of the file: whose columns they are."""
    return f"{'':62} " + " ".join(f"{who[:3]:3}" for who in EVERYBODY)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        asked = Office(Path(made))
        sys.stdout.write("\n".join((head(), *(row(asked, place) for place in asked.places()))) + "\n")
