"""The demo's story with real processes and Mosquitto: who wrote is found nowhere but at the simulated WhatsApp."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioning.cli.demo import ONCE
from provisioning.demo import story, world
from provisioning.demo.world import World
from relay.simulator.client import Phone, call
from sync import frames
from sync.frames import STEP_BYTES, Chunk
from sync.sealing import envelopes
from tests.anonymity.encodings import (
    Finding,
    Forms,
    find,
    forms_of_id,
    forms_of_number,
    forms_of_text,
    search,
)
from tests.anonymity.tap import Published, Tap
from tests.waiting import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.slow]

NUMBER, OTHER_NUMBER = "919812345678", "917301298406"
BSUID, OTHER_BSUID = "IN.4711082930561742", "IN.8305561294407731"
NAMES = ("Ashavati Planted", "Vimlavati Planted")
TOPIC = re.compile(r"satark/1/n[0-9a-f]{8}/n[0-9a-f]{8}")
QUIET_S = 30.0


@dataclass
class Played:
    """The story as it left its world behind, processes ended."""

    world: World
    tap: Tap
    people: dict[str, object]
    secrets: Forms
    live: list[Finding]

    @property
    def folders(self) -> list[Path]:
        """All that lies outside the simulator."""
        return [path for path in self.world.fleet.state.iterdir() if path.is_dir()] + [self.world.runtime_dir]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    made = world.build(tmp_path_factory.mktemp("leaks") / "state", "mosquitto", ONCE)
    tap = Tap(made.fleet)
    try:
        port = tap.start()
        for seat in made.fleet.roots:
            made.configure(seat, broker=f"127.0.0.1:{port}")
        made.start_all()
        secrets = _play(made)
        people = call(made.simulator_url, "/sim/phones")
        live = _search_all(made, secrets)
        made.stop_all()
        yield Played(made, tap, people, secrets, live)
    finally:
        world.dismantle(made)
        tap.stop()


def _play(made: World) -> Forms:
    """Everything the demo's story does, and what else could make the relay write a person down."""
    url = made.simulator_url
    asha = Phone.create(url, NAMES[0], number=NUMBER, bsuid=OTHER_BSUID, identity="number")
    vimla = Phone.create(url, NAMES[1], number=OTHER_NUMBER, bsuid=BSUID, identity="both")
    receipt = story.report_drugs(asha)
    office = made.office("jaunpur")
    serial = wait_until(lambda: "".join(office.serials()), QUIET_S, "the case at Jaunpur")
    wait_until(lambda: office.page(f"/cases/{serial}").count("/evidence/") >= 2, QUIET_S, "both photos")
    office.send(f"/cases/{serial}", "/screen", {})
    story.answer(office, serial)
    story.read_answer(asha)
    other = story.report_police(vimla)
    wait_until(lambda: made.office("range").serials(), QUIET_S, "the case at the range")
    asha.say(f"status {receipt}")
    asha.wait_for(lambda message: "status" not in message["text"], QUIET_S)
    _odd_updates(url, asha)
    story.begin(asha, "3", police="नहीं")  # and leaves it there
    ids = [message["id"] for message in asha.messages()[-2:]]
    return _secrets(receipt, other, *ids)


def _odd_updates(url: str, phone: Phone) -> None:
    """Updates that nobody can take, each naming the person; one of them with a wrong signature."""
    message = {"from": phone.number, "from_user_id": BSUID, "id": f"wamid.{NUMBER}", "type": "hologram"}
    contact = {"profile": {"name": NAMES[0]}, "wa_id": NUMBER}
    value = {"metadata": {"phone_number_id": "1"}, "contacts": [contact], "messages": [message, NUMBER]}
    body = {"entry": [{"changes": [{"field": "messages", "value": value}, {"value": NUMBER}]}, NUMBER]}
    assert call(url, "/sim/raw", body)["status"] == 200
    assert call(url, "/sim/raw?signature=bad", body)["status"] == 403


def _secrets(*texts: str) -> Forms:
    found: dict[bytes, str] = {}
    for value, forms in (
        *((number, forms_of_number(number)) for number in (NUMBER, OTHER_NUMBER)),
        *((bsuid, forms_of_id(bsuid)) for bsuid in (BSUID, OTHER_BSUID)),
        *(
            (text, forms_of_text(text)) for text in (*NAMES, "PLANTED", *texts)
        ),  # what a photo said of its maker
    ):
        found |= {data: f"{value}: {name}" for data, name in forms.items()}
    return found


def _search_all(made: World, secrets: Forms) -> list[Finding]:
    state = made.fleet.state
    folders = [path for path in state.iterdir() if path.is_dir()]
    return [f for f in search([*folders, made.runtime_dir], secrets) if f.path.name != "simulator.log"]


def test_nothing_is_found_while_everything_runs(played: Played) -> None:
    assert played.live == []


def test_nothing_is_found_once_everything_has_ended(played: Played) -> None:
    assert _search_all(played.world, played.secrets) == []


def test_the_search_saw_every_store(played: Played) -> None:
    seen = {path.name for folder in played.folders for path in folder.rglob("*") if path.is_file()}
    assert {"relay.db", "vault.db", "box.db", "keys.db", "range.db", "mosquitto.db", "relay-link.log"} <= seen
    assert any(name.endswith(".epoch") for name in seen)
    assert list((played.world.fleet.roots["relay"] / "media").iterdir())


def test_the_same_search_finds_what_the_simulator_knows(played: Played, tmp_path: Path) -> None:
    (tmp_path / "people.json").write_text(json.dumps(played.people))
    names = {finding.form.partition(":")[0] for finding in search([tmp_path], played.secrets)}
    assert {NUMBER, OTHER_NUMBER, BSUID, OTHER_BSUID, *NAMES} <= names


@pytest.mark.parametrize(
    "place", ["jaunpur/evidence/x", "range/range.db-wal", "relay/relay.db", "broker/data/y"]
)
def test_the_same_search_finds_what_is_planted(played: Played, tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    original = played.world.fleet.state / place
    if original.exists():
        shutil.copy(original, path)
    with path.open("ab") as file:
        file.write(NUMBER[2:].encode("utf-16-le"))
    assert [finding.path for finding in search([tmp_path], played.secrets)] == [path]


def test_nothing_is_found_on_the_line(played: Played) -> None:
    passed = played.tap.everything()
    assert len(passed) > 100 * STEP_BYTES
    assert find(passed, played.secrets) == []
    assert find(passed + NUMBER.encode(), played.secrets)


def test_the_line_shows_steps_of_four_kilobytes_and_node_ids(played: Played) -> None:
    published = played.tap.published()
    assert {len(one.payload) % STEP_BYTES for one in published} == {0}
    assert [one.topic for one in published if not TOPIC.fullmatch(one.topic)] == []
    ids = set(played.world.fleet.ids.values())
    assert {part for one in published for part in one.topic.split("/")[2:]} == ids


def test_the_tap_saw_every_kind_of_message(played: Played) -> None:
    kinds = {_kind(one) for one in played.tap.published()}
    wanted = {"hello", "report", "acknowledgement", "reply", "state", "settled", "digest", "file", "chunk"}
    assert kinds == wanted


def test_messages_of_one_kind_have_one_size_on_the_line(played: Played) -> None:
    sizes: Mapping[str, set[int]] = {
        kind: {len(one.payload) for one in played.tap.published() if _kind(one) == kind}
        for kind in ("report", "reply", "state", "settled", "file", "chunk")
    }
    assert {kind: len(found) for kind, found in sizes.items()} == dict.fromkeys(sizes, 1)


def test_the_processes_write_no_requests_down(played: Played) -> None:
    logs = [path for path in (played.world.fleet.state / "logs").glob("*.log") if path.stem != "simulator"]
    assert len(logs) == len(played.world.names)
    lines = [line for path in logs for line in path.read_text(errors="replace").splitlines()]
    assert [line for line in lines if re.search(r"(GET|POST|HEAD) /|/webhook|/cases/", line)] == []


def _kind(one: Published) -> str:
    content = frames.read(one.payload)
    return "chunk" if isinstance(content, Chunk) else envelopes.read(content).header.purpose
