"""A mark in every field of every update, known or not: after a whole report none is outside relay/."""

import json
from pathlib import Path
from typing import Any

import pytest

from relay import events
from tests.anonymity.conftest import MakeTown
from tests.anonymity.encodings import files_under, find, forms_of_text
from tests.anonymity.stories import Story, Teller, Who, answer_all
from tests.anonymity.town import Town
from tests.anonymity.views import outside

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

BODIES = sorted((Path(__file__).parents[1] / "relay" / "bodies").glob("*.json"))
ASHA = Who("919812345678", "IN.4711082930561742", "MARKname")
MARK = "MARKq7Zk"
CANARY = f"{MARK}hidden"
TOLD = f"{MARK}told"
"""What the person tells on purpose: it must arrive, which shows that the search would see the others."""
STORY = Story(1, "drugs", "no", "push", 2, words=(TOLD,))
KEPT = {
    "id", "type", "body", "from", "from_user_id", "user_id", "wa_id", "phone_number_id", "timestamp", "mime_type",
    "sha256",
}  # fmt: skip
"""Fields without which the update would not be this report's; `test_leaks.py` looks for what identifies among them."""
MORE: dict[str, Any] = {
    "profile": {"name": CANARY, "username": CANARY, "country_code": CANARY},
    "parent_user_id": CANARY,
    "identity_key_hash": CANARY,
    "context": {"id": CANARY, "from": CANARY, "from_user_id": CANARY, "forwarded": True, CANARY: CANARY},
    "referral": {"source_url": CANARY, "headline": CANARY, "ctwa_clid": CANARY},
    "errors": [{"code": 1, "title": CANARY, "message": CANARY, "error_data": {"details": CANARY}}],
    "url": CANARY,
    "filename": CANARY,
    "vcard": CANARY,
    CANARY: CANARY,
}


def marked(value: Any, name: str = "") -> Any:
    """The same with marks in every field that is not needed, and with fields that nobody knows."""
    if isinstance(value, dict):
        return MORE | {key: marked(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [marked(item, name) for item in value]
    return CANARY if isinstance(value, str) and name not in KEPT else value


class Marked(Teller):
    """Somebody whose every update is marked all over."""

    def webhook(self, message: dict[str, Any]) -> bytes:
        """The usual body with a mark wherever there can be one; the choice of a tap and its title are WhatsApp's."""
        body = json.loads(super().webhook(message))
        change = body["entry"][0]["changes"][0]
        change["value"] = marked(change["value"]) | {"statuses": [], "errors": []}
        return json.dumps(body).encode()


def live(town: Town) -> None:
    """A report with photos among all the other updates, and everything that comes after it."""
    teller = Marked(town, ASHA, STORY)
    teller.write("Hi")
    for path in BODIES:
        updates = events.parse(json.dumps(marked(json.loads(path.read_bytes()))).encode())
        town.deliver(updates, path.stem)
    while not teller.receipt:
        teller.answer()
    town.release()
    town.jobs()
    answer_all(town)
    town.send_replies()
    town.pass_time(3600)


def test_no_mark_is_outside_the_relay(make_town: MakeTown) -> None:
    town = make_town(STORY.seed)
    live(town)
    forms = forms_of_text(CANARY)
    seen = repr(outside(town)).encode()
    assert find(seen, forms) == []
    assert find(seen, forms_of_text(TOLD))  # the same search sees what was told
    assert len([name for name in outside(town) if name.startswith("jaunpur: evidence/")]) == STORY.photos
    disk = list(files_under(town.root(seat) for seat in town.boxes))
    assert disk
    assert [path for path in disk if find(path.read_bytes(), forms)] == []
