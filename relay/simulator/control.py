"""The scripting interface under /sim/: JSON for tests, demos and benches.

Every call that makes the simulator post something comes back when the webhook has answered, or says that
it has not yet: no caller needs to sleep.
"""

import random
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from relay.simulator.acts import ACTS, BadAct, perform
from relay.simulator.approved import Template
from relay.simulator.delivery import outcome
from relay.simulator.errors import Missing, Misuse
from relay.simulator.graph import the_world
from relay.simulator.people import Phone
from relay.simulator.updates import LAYOUTS, Update
from relay.simulator.webhooks import SIGNATURE, Job, handshake

control = Blueprint("control", __name__, url_prefix="/sim")


@control.errorhandler(Misuse)
def misused(error: Misuse) -> tuple[Response, int]:
    """What was asked cannot be."""
    return jsonify({"error": str(error)}), 400


@control.errorhandler(Missing)
def missing(error: Missing) -> tuple[Response, int]:
    """What was asked for is not there."""
    return jsonify({"error": str(error)}), 404


@control.get("/phones")
def list_phones() -> Response:
    """Every phone."""
    return jsonify({"phones": [phone.as_json() for phone in the_world().people.all()]})


@control.post("/phones")
def create_phone() -> Response:
    """A new phone: {label?, number?, bsuid?, identity?: both|bsuid|number, phone_number_id?}."""
    world, wanted = the_world(), _body()
    with world.lock:
        return jsonify(world.people.create(wanted).as_json())


@control.get("/phones/<phone_id>/messages")
def read_messages(phone_id: str) -> Response:
    """What the phone received, in order.

    ?after=N: newer than n; ?all=1: with what it wrote; ?since=R: entries that changed after revision R.
    """
    world, asked = the_world(), request.args
    after, since, both = asked.get("after", 0, int), asked.get("since", 0, int), asked.get("all") == "1"
    with world.lock:
        phone = world.people.get(phone_id)
        wanted = [each for each in phone.entries if each.n > after and each.revision > since]
        listed = [each.as_json() for each in wanted if both or each.sender == "business"]
        typing = world.clock() < phone.typing_until
        return jsonify({"messages": listed, "revision": phone.revision, "typing": typing})


@control.post("/phones/<phone_id>/<any(text,tap,location,contacts):kind>")
def act(phone_id: str, kind: str) -> Response:
    """Let the phone write {body}, tap {title|id|any|index, message_id?}, send a place or a contact card."""
    return _act(phone_id, kind, _body())


@control.post("/phones/<phone_id>/<any(photo,file):kind>")
def send_file(phone_id: str, kind: str) -> Response:
    """Send a file: raw bytes with their Content-Type and ?caption=&filename=&as=, or JSON {base64, mime, ...}.

    `as` is image, video, audio, voice or document; without it the type decides.
    """
    if request.is_json:
        return _act(phone_id, "file", _body())
    return _act(
        phone_id, "file", request.args.to_dict() | {"data": request.get_data(), "mime": request.mimetype}
    )


@control.post("/batch")
def batch() -> Response:
    """Several acts in one POST: {items: [{phone, text|tap|..., later_s?} | {raw, phone?}], repeat?, shuffle?, ...}.

    Beside them seed? and layout?. `later_s` lets simulated time pass before that act: WhatsApp's time stamps
    are whole seconds, and only they tell the order of what was shuffled. A raw item is put among the messages
    as it is, whatever JSON it is.
    """
    world, wanted = the_world(), _body()
    layout, items = wanted.get("layout", "mixed"), wanted.get("items")
    if (
        layout not in LAYOUTS
        or not isinstance(items, list)
        or not all(isinstance(each, dict) for each in items)
    ):
        raise BadAct(f"items is a list of objects, layout one of {LAYOUTS}")
    with world.lock:
        made = [_item(item) for item in items]
    updates = [update for _, update in made] * (1 + _whole(wanted, "repeat", 0))
    rng = random.Random(_whole(wanted, "seed", 1))
    if wanted.get("shuffle"):
        rng.shuffle(updates)
    answer = _outcome([world.outlet.send_together(updates, layout, rng)]) if updates else _outcome([])
    return jsonify({"message_ids": [message_id for message_id, _ in made], "webhook": answer})


@control.post("/deliver-mode")
def deliver_mode() -> Response:
    """Change {batch, duplicate, shuffle, seed, paused, concurrent, layout}."""
    outlet = the_world().outlet
    return jsonify({"webhook": _outcome(outlet.set_mode(outlet.mode.changed(_body())))})


@control.post("/flush")
def flush() -> Response:
    """Send everything held back."""
    return jsonify({"webhook": _outcome(the_world().outlet.flush())})


@control.post("/raw")
def raw() -> Response:
    """Post the body of this request as it is, once; ?signature=good (default), bad or none."""
    poster, body = the_world().outlet.poster, request.get_data()
    headers = poster.headers(body)
    if request.args.get("signature") == "bad":
        headers[SIGNATURE] = headers[SIGNATURE][:-1] + ("0" if headers[SIGNATURE][-1] != "0" else "1")
    elif request.args.get("signature") == "none":
        del headers[SIGNATURE]
    return jsonify({"status": poster.raw(body, headers)})


@control.post("/handshake")
def shake_hands() -> Response:
    """Do the subscription check against the webhook: {verify_token?}; tells whether the challenge came back."""
    world = the_world()
    token = str(_body().get("verify_token", world.config.verify_token))
    challenge = str(world.rng.randrange(10**9, 10**10))
    status, ok = handshake(world.outlet.poster.url, token, challenge, world.config.answer_timeout_s)
    return jsonify({"status": status, "ok": ok and status == 200})


@control.post("/webhook")
def set_webhook() -> Response:
    """Post updates to {url} from now on, those being retried too."""
    the_world().outlet.poster.url = str(_body().get("url", ""))
    return jsonify({"url": the_world().outlet.poster.url})


@control.post("/clock")
def set_clock() -> Response:
    """Set simulated time to the machine's plus {offset_s}."""
    offset_s = _body().get("offset_s")
    if isinstance(offset_s, bool) or not isinstance(offset_s, int | float):
        raise BadAct("offset_s is a number of seconds")
    the_world().clock.offset_s = float(offset_s)
    return jsonify({"now": the_world().clock()})


@control.post("/switches")
def set_switches() -> Response:
    """Change what WhatsApp does: see switches.Switches."""
    world = the_world()
    with world.lock:
        world.switches.change(_body())
    return jsonify(world.switches.as_json())


@control.post("/templates")
def approve_template() -> Response:
    """Approve {name, language, body, buttons?}; from then on only approved ones can be sent."""
    wanted = _body()
    if not all(isinstance(wanted.get(key), str) and wanted[key] for key in ("name", "language", "body")):
        raise BadAct("a template has name, language and body")
    buttons = tuple(str(each) for each in wanted.get("buttons", []))
    the_world().templates.approve(Template(wanted["name"], wanted["language"], wanted["body"], buttons))
    return jsonify({"approved": wanted["name"]})


@control.get("/state")
def state() -> Response:
    """Counters and settings: what was posted and answered, what the relay sent, what is held back."""
    world = the_world()
    with world.lock:
        return jsonify({
            "webhook": world.outlet.poster.counters.as_json() | {"url": world.outlet.poster.url},
            "held": world.outlet.held,
            "sends": dict(world.sends),
            "phones": len(world.people.all()),
            "switches": world.switches.as_json(),
            "now": world.clock(),
        })  # fmt: skip


def _act(phone_id: str, kind: str, value: Any) -> Response:
    world = the_world()
    with world.lock:
        entry, update = perform(world, world.people.get(phone_id), kind, value)
    answer = _outcome(world.outlet.submit([update]))
    return jsonify({"message_id": entry.id, "n": entry.n, "webhook": answer})


def _item(item: dict[str, Any]) -> tuple[str | None, Update]:
    """One update of a batch, with its message id if it is a real one."""
    people = the_world().people
    if "raw" in item:
        line = people.get(str(item["phone"])).line if "phone" in item else the_world().config.lines()[0]
        return None, Update(line, "messages", item["raw"])
    kinds = [kind for kind in ACTS if kind in item]
    if len(kinds) != 1:
        raise BadAct(f"an item has raw or exactly one of {', '.join(ACTS)}")
    phone: Phone = people.get(str(item.get("phone")))
    the_world().clock.offset_s += _whole(item, "later_s", 0)
    entry, update = perform(the_world(), phone, kinds[0], item[kinds[0]])
    return entry.id, update


def _outcome(jobs: Iterable[Job]) -> dict[str, Any]:
    world = the_world()
    return outcome(jobs, world.config.wait_s, world.outlet.held)


def _whole(wanted: dict[str, Any], name: str, default: int) -> int:
    value = wanted.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadAct(f"{name} is a whole number")
    return value


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(body, dict):
        raise BadAct("the body is a JSON object")
    return body
