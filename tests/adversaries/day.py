"""A day in a city: reports, answers, a report on police, and everything that goes wrong; then adversaries look."""

import random
from dataclasses import dataclass

from provisioning.demo import story
from provisioning.demo.world import World
from relay.simulator.client import Phone, call
from tests.adversaries.people import Person, of_texts, somebody, word
from tests.anonymity.encodings import Forms
from tests.journeys.town import PATIENCE_S, SEND, Town, words
from tests.waiting import wait_until

PROGRAM = b"MZ" + bytes(range(256)) * 8
"""No file that the relay takes."""
TELLING = (story.PICTURES / "telling.jpg").read_bytes()


@dataclass(frozen=True)
class Day:
    """What happened, known to whoever wrote it: the people, what they told, what they were told."""

    people: tuple[Person, ...]
    texts: tuple[str, ...]
    receipts: tuple[str, ...]
    message_ids: tuple[str, ...]

    @property
    def who(self) -> Forms:
        """Every form of who the people are: numbers, ids, names, ids of their messages."""
        found: dict[bytes, str] = {}
        for person in self.people:
            found |= person.forms
        return (
            found
            | dict(of_texts("message id", self.message_ids))
            | dict(of_texts("photo's maker", ["PLANTED"]))
        )

    @property
    def told(self) -> Forms:
        """Every form of their words and receipts."""
        return dict(of_texts("report's words", self.texts)) | dict(of_texts("receipt", self.receipts))


def live(world: World, town: Town, rng: random.Random) -> Day:
    """Lives it where everything runs."""
    asha, vimla, kamla, leela = people = tuple(somebody(rng) for _ in range(4))
    texts = tuple(f"{word(rng)} {word(rng)} ke paas" for _ in range(4))
    phones = [
        one.phone(world.simulator_url, identity)
        for one, identity in zip(people, ("number", "both", "bsuid", "both"), strict=True)
    ]
    receipts = [tell(town, phones[0], texts[0], texts[1], TELLING)]
    _office_answers(world, phones[0])
    receipts.append(story.report_police(phones[1]))
    wait_until(lambda: town.rows("range", "box.db", "select 1 from report"), PATIENCE_S, "the range's case")
    phones[0].say(f"status {receipts[0]}")
    _odd_updates(phones[0], asha)
    _refused_files(phones[3], leela)
    receipts.append(_through_a_dead_broker(world, town, phones[2], texts[2], texts[3]))
    story.begin(phones[3], "3", police="नहीं")  # and leaves it there
    town.rest()
    ids = tuple(message["id"] for phone in phones for message in phone.messages()[-2:])
    return Day((asha, vimla, kamla, leela), texts, tuple(receipts), ids)


def tell(town: Town, phone: Phone, place: str, what: str, photo: bytes = b"") -> str:
    """A whole report on gambling in Shahganj; gives the receipt once it is at Jaunpur."""
    before = len(town.box("select 1 from report"))
    texts = (*words(place, what=what), SEND)
    middle = texts.index("आगे")
    town.write(phone, texts[:middle], photo)
    town.write(phone, texts[middle:])
    receipt = town.receipt(phone)
    wait_until(lambda: len(town.box("select 1 from report")) > before, PATIENCE_S, "the report at Jaunpur")
    return receipt


def _office_answers(world: World, phone: Phone) -> None:
    office = world.office("jaunpur")
    (serial,) = wait_until(office.serials, PATIENCE_S, "the case at Jaunpur")
    wait_until(lambda: "/evidence/" in office.page(f"/cases/{serial}"), PATIENCE_S, "the photo")
    office.send(f"/cases/{serial}", "/screen", {})
    story.answer(office, serial)
    story.read_answer(phone)


def _odd_updates(phone: Phone, person: Person) -> None:
    """Updates that nobody can take, each naming the person; one of them with a wrong signature."""
    head = {"from": person.number, "from_user_id": person.bsuid, "id": f"wamid.{person.number}"}
    contact = {"profile": {"name": person.name}, "wa_id": person.number}
    values = {"metadata": {"phone_number_id": "1"}, "contacts": [contact]}
    changes = [
        {"field": "messages", "value": values | {"messages": [head | {"type": "hologram"}, person.number]}}
    ]
    body = {"entry": [{"changes": [*changes, {"value": person.number}]}, person.number]}
    for query in ("", "?signature=bad"):
        call(phone.base_url, f"/sim/raw{query}", body)


def _refused_files(phone: Phone, person: Person) -> None:
    """A program under his name, a contact card of himself, a photo that WhatsApp loses; a refused message of ours."""
    phone.say("Hi")
    call(phone.base_url, "/sim/switches", {"fail_next": [131026]})
    phone.photo(PROGRAM, "application/x-msdownload", kind="document", filename=f"{person.name}.exe")
    phone.contact(person.name, person.number)
    phone.photo(TELLING, fault="cut")


def _through_a_dead_broker(world: World, town: Town, phone: Phone, place: str, what: str) -> str:
    """A report told while the broker is down, and the box's line cut by it; it arrives all the same."""
    assert world.broker is not None
    world.broker.kill()
    before = len(town.box("select 1 from report"))
    town.write(phone, (*words(place, what=what), SEND))
    receipt = town.receipt(phone)
    world.broker.start()
    wait_until(lambda: len(town.box("select 1 from report")) > before, PATIENCE_S, "the report at Jaunpur")
    return receipt
