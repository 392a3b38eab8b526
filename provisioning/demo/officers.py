"""Officers of the demo: the holder of one post per district, with a phone on the second number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance import holders
from appliance.desk import SP, Actor, open_desk
from provisioning.demo.fleet import DUTY_NUMBER_ID
from relay.simulator.client import Phone, call
from sync import notices
from sync.catalogue import LANGUAGES
from sync.clock import Clock


@dataclass(frozen=True)
class Officer:
    """Who holds which post at which box; ``number`` is invented."""

    box: str
    post: str
    name: str
    number: str


OFFICERS = (
    Officer("jaunpur", "SHO JNP-10", "SI Meena", "919876500001"),
    Officer("ghazipur", "SHO GZP-01", "SI Arif", "919876500002"),
    Officer("chandauli", "SHO CDL-01", "SI Kamla", "919876500003"),
)
TEMPLATE = "satark_duty"
ACTOR = Actor("demo", "Demo", SP)


def appoint(roots: Mapping[str, Path], clock: Clock, officers: tuple[Officer, ...] = OFFICERS) -> None:
    """Enters each at his box, as the page **Posts** does."""
    for officer in officers:
        desk = open_desk(roots[officer.box], clock)
        holders.appoint(desk, ACTOR, officer.post, officer.name, officer.number, "hi")
        desk.conn.close()


def phones(simulator_url: str, officers: tuple[Officer, ...] = OFFICERS) -> Iterator[tuple[Officer, Phone]]:
    """Their phones at the simulator, which knows the notice's template from then on."""
    words = notices.read()
    for language in LANGUAGES:
        body, buttons = notices.template(words, language)
        approved = {"name": TEMPLATE, "language": language, "body": body, "buttons": list(buttons)}
        call(simulator_url, "/sim/templates", approved)
    for officer in officers:
        more = {"number": officer.number, "phone_number_id": DUTY_NUMBER_ID}
        yield officer, Phone.create(simulator_url, f"{officer.name}, {officer.post}", **more)
