"""The scripting interface under /sim/: one phone, and one POST of several acts. JSON for tests, demos and benches.

Every call that makes the simulator post something comes back when the webhook has answered, or says that
it has not yet: no caller needs to sleep.
"""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from relay.simulator import airplane
from relay.simulator.acts import ACTS, Done, perform
from relay.simulator.content import BadAct
from relay.simulator.delivery import LARGEST_BATCH, Packing, outcome
from relay.simulator.errors import Missing, Misuse
from relay.simulator.graph import the_world
from relay.simulator.ids import new_wamid
from relay.simulator.people import identity_of
from relay.simulator.phone import Phone, Shown
from relay.simulator.updates import LAYOUTS, Moved, Update, moved_update
from relay.simulator.webhooks import Job

control = Blueprint("control", __name__, url_prefix="/sim")


def answer_mistakes(blueprint: Blueprint) -> None:
    """Let `blueprint` answer 400 to what cannot be and 404 to what is not there, with the reason."""
    blueprint.register_error_handler(Misuse, _misused)
    blueprint.register_error_handler(Missing, _missing)


def _misused(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400


def _missing(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 404


answer_mistakes(control)


@control.get("/phones")
def list_phones() -> Response:
    """Every phone."""
    return jsonify({"phones": [phone.as_json() for phone in the_world().people.all()]})


@control.post("/phones")
def create_phone() -> Response:
    """A new phone: {label?, number?, bsuid?, identity?: see identity.Identity, phone_number_id?}."""
    world, wanted = the_world(), body()
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
        wanted = [each for each in phone.entries[after:] if each.revision > since]
        listed = [each.as_json() for each in wanted if both or each.sender == "business"]
        typing = world.clock() < phone.typing_until
        about = {"revision": phone.revision, "typing": typing, "phone": phone.as_json()}
        return jsonify({"messages": listed} | about)


@control.post("/phones/<phone_id>/<any(photo,file):kind>")
def send_file(phone_id: str, kind: str) -> Response:
    """Send a file: raw bytes with their Content-Type and ?caption=&filename=&as=&..., or JSON {base64, mime, ...}.

    `as` is one of files.FILE_KINDS; without it the type decides.
    """
    if request.is_json:
        return _act(phone_id, "file", body())
    return _act(
        phone_id, "file", request.args.to_dict() | {"data": request.get_data(), "mime": request.mimetype}
    )


@control.post("/phones/<phone_id>/identity")
def change_identity(phone_id: str) -> Response:
    """Username on or off, or another way of naming the person from now on: {identity}."""
    world, identity = the_world(), identity_of(body().get("identity"))
    with world.lock:
        phone = world.people.get(phone_id)
        for chat in world.people.chats_of(phone):
            chat.become(identity=identity)
        return jsonify(phone.as_json())


@control.post("/phones/<phone_id>/number")
def change_number(phone_id: str) -> Response:
    """Another number, and with it another id: {number?, bsuid?, previous?, old_shape?}.

    previous: whether the old id is told; old_shape: as before there were ids.

    Every business number the person wrote to is told in a system message.
    """
    world, wanted = the_world(), body()
    with world.lock:
        phone = world.people.get(phone_id)
        chats = world.people.chats_of(phone)
        who = world.people.move(phone, str(wanted.get("number") or ""), str(wanted.get("bsuid") or ""))
        moved = Moved(*who, bool(wanted.get("previous", True)), bool(wanted.get("old_shape")))
        updates = [_told_of(chat, moved) for chat in chats]
    answer = outcome_of(world.outlet.submit(updates))
    return jsonify(phone.as_json() | {"webhook": answer})


@control.post("/phones/<phone_id>/airplane")
def fly(phone_id: str) -> Response:
    """Out of reach or back: {on, gap_s?: pause between the updates that then go out}."""
    world, wanted = the_world(), body()
    gap_s, is_on = wanted.get("gap_s", 0), wanted.get("on")
    if isinstance(gap_s, bool) or not isinstance(gap_s, int | float) or not isinstance(is_on, bool):
        raise BadAct("on is true or false, gap_s a number of seconds")
    with world.lock:
        phone = world.people.get(phone_id)
        updates = [update for chat in world.people.chats_of(phone) for update in _flown(chat, is_on)]
    if gap_s:
        for place, update in enumerate(updates):
            world.outlet.submit_later(gap_s * place, [update])
    answer = outcome_of([] if gap_s else world.outlet.submit(updates))
    return jsonify(phone.as_json() | {"webhook": answer})


@control.post("/phones/<phone_id>/<kind>")
def act(phone_id: str, kind: str) -> Response:
    """Let the phone do one of acts.ACTS, with the fields that act takes."""
    return _act(phone_id, kind, body())


@control.post("/batch")
def batch() -> Response:
    """Several acts in one POST: {items: [{phone, text|tap|..., later_s?} | {raw, phone?}], repeat?, shuffle?, ...}.

    Beside them seed? and layout?. `later_s` lets simulated time pass before that act: WhatsApp's time stamps
    are whole seconds, and only they tell the order of what was shuffled. A raw item is put among the messages
    as it is, whatever JSON it is.
    """
    world, wanted = the_world(), body()
    packing, items = packing_of(wanted | {"batch": LARGEST_BATCH, "lanes": 1}), items_of(wanted, "items")
    if len(items) * (1 + packing.repeat) > LARGEST_BATCH:
        raise BadAct(f"one POST holds {LARGEST_BATCH} updates; /sim/acts sends more")
    with world.lock:
        made = [done_of(item) for item in items]
    jobs = world.outlet.send_packed([update for done in made for update in done.updates], packing)
    none: list[str | None] = [None]  # a raw item has no id
    ids = [message_id for done in made for message_id in done.message_ids or none]
    return jsonify({"message_ids": ids, "webhook": outcome_of(jobs)})


def done_of(item: dict[str, Any]) -> Done:
    """Perform one item of a batch; call with the world's lock held."""
    world, people = the_world(), the_world().people
    if "raw" in item:
        line = people.get(str(item["phone"])).line if "phone" in item else world.config.lines()[0]
        return Done(updates=[Update(line, "messages", item["raw"])])
    kinds = [kind for kind in ACTS if kind in item]
    if len(kinds) != 1:
        raise BadAct(f"an item has raw or exactly one of {', '.join(ACTS)}")
    phone = people.get(str(item.get("phone")))
    world.clock.offset_s += whole(item, "later_s", 0)
    return perform(world, phone, kinds[0], item[kinds[0]])


def items_of(wanted: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects called `name`; raises BadAct."""
    items = wanted.get(name)
    if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
        raise BadAct(f"{name} is a list of objects")
    return items


def packing_of(wanted: dict[str, Any]) -> Packing:
    """How `wanted` (batch, lanes, repeat, shuffle, seed, layout) says that updates travel; raises BadAct."""
    layout, size, lanes = (
        wanted.get("layout", "mixed"),
        whole(wanted, "batch", LARGEST_BATCH),
        whole(wanted, "lanes", 1),
    )
    if layout not in LAYOUTS or not 1 <= size <= LARGEST_BATCH or not 1 <= lanes <= 64:
        raise BadAct(f"layout is one of {LAYOUTS}, batch 1 to {LARGEST_BATCH}, lanes 1 to 64")
    repeat, seed = whole(wanted, "repeat", 0), whole(wanted, "seed", 1)
    return Packing(size, lanes, repeat, bool(wanted.get("shuffle")), seed, layout)


def outcome_of(jobs: Iterable[Job]) -> dict[str, Any]:
    """How the webhook answered, after waiting for it a little."""
    world = the_world()
    return outcome(jobs, world.config.wait_s, world.outlet.held)


def whole(wanted: dict[str, Any], name: str, default: int) -> int:
    """A whole number that is not negative; raises BadAct."""
    value = wanted.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadAct(f"{name} is a whole number")
    return value


def body() -> dict[str, Any]:
    """The JSON object of this request, empty if it has no body; raises BadAct."""
    found = request.get_json(silent=True) if request.get_data() else {}
    if not isinstance(found, dict):
        raise BadAct("the body is a JSON object")
    return found


def _act(phone_id: str, kind: str, value: Any) -> Response:
    world = the_world()
    with world.lock:
        phone = world.people.get(phone_id)
        done = perform(world, phone, kind, value)
    answer = outcome_of(world.outlet.submit(done.updates))
    newest = done.entries[-1].n if done.entries else len(phone.entries)
    ids = {"message_id": done.message_ids[-1], "message_ids": done.message_ids}
    return jsonify(ids | {"n": newest, "webhook": answer})


def _flown(chat: Phone, is_on: bool) -> list[Update]:
    if is_on:
        airplane.go(chat)
    return airplane.come_back(the_world(), chat) if chat.offline and not is_on else []


def _told_of(chat: Phone, moved: Moved) -> Update:
    world = the_world()
    message_id, now = new_wamid(world.rng, moved.before.name_in_ids, inbound=True), world.clock()
    text = f"+{moved.before.number} → +{moved.after.number}"
    chat.add(message_id, "system", now, Shown("system", text=text))
    return moved_update(chat, message_id, now, moved)
