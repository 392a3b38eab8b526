"""Every page of the application, found from its own table of addresses: a page that is added cannot be forgotten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

from appliance.desk import ROLES, Desk
from tests.webui.world import Visitor, somebody

STRANGER = ""
"""Nobody is signed in."""
FIRST = ("supervisor", "sp", "technician")
"""Roles that see most; the others are asked for what these may not see."""

# What a page needs besides its address; each is visited. "" is the page as it stands.
QUERIES: dict[str, tuple[str, ...]] = {
    "answering.preview": ("?template=action_taken&action_taken.action=raid&version=1",),
    "access.sign_in": ("", "?locked=1"),
    "answering.choose": ("", "?ask=1"),
    "entering.choose": ("", "?source=phone&category=drugs"),
    "trail.index": ("", "?act=case&from=2026-01-01"),
}


@dataclass(frozen=True)
class Visit:
    """A page, who may see it, and where it stands."""

    endpoint: str
    role: str
    path: str


def addresses(app: Flask, examples: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(endpoint, path) of everything that answers GET; ``examples``: the values of an argument of an address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            for path in _filled(app, rule, examples):
                yield from ((rule.endpoint, path + query) for query in QUERIES.get(rule.endpoint, ("",)))


def _filled(app: Flask, rule: Rule, examples: Mapping[str, Sequence[str]]) -> list[str]:
    names = sorted(rule.arguments)
    missing = [name for name in names if name not in examples]
    assert not missing, f"{rule.rule}: name an example of {missing} in tests/webui/test_accessibility.py"
    adapter = app.url_map.bind("localhost")
    chosen = product(*(examples[name] for name in names))
    return [adapter.build(rule.endpoint, dict(zip(names, values, strict=True))) for values in chosen]


def visits(
    app: Flask, desk: Desk, examples: Mapping[str, Sequence[str]]
) -> tuple[list[Visit], dict[str, list[int]]]:
    """The pages, each with somebody who sees it; and what was no page for anybody, with how it answered."""
    people: dict[str, Visitor] = {STRANGER: Visitor(app.test_client())}
    order = (*FIRST, *(role for role in ROLES if role not in FIRST), STRANGER)
    found: list[Visit] = []
    others: dict[str, list[int]] = {}
    for endpoint, path in addresses(app, examples):
        statuses: list[int] = []
        for role in order:
            answer = _visitor(app, desk, people, role).get(path)
            statuses.append(answer.status_code)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found.append(Visit(endpoint, role, path))
                break
        else:
            others[path] = statuses
    return found, others


def _visitor(app: Flask, desk: Desk, people: dict[str, Visitor], role: str) -> Visitor:
    if role not in people:
        people[role] = somebody(desk, app, role)
    return people[role]
