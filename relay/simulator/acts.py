"""What a person does on a phone, turned into what stands in the chat and the updates that tell the business."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from relay.simulator.afterthoughts import edit, forward, react, revoke
from relay.simulator.content import BadAct, Content
from relay.simulator.files import album, file
from relay.simulator.ids import new_wamid
from relay.simulator.limits import TEXT_BODY
from relay.simulator.oddities import flow, order, system, unsupported, welcome
from relay.simulator.phone import Entry, Option, Phone, Shown, Unsent
from relay.simulator.updates import Update, message_update
from relay.simulator.world import World


@dataclass
class Done:
    """What an act came to: new entries of the chat, and updates for the business (none while out of reach)."""

    message_ids: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)


def perform(world: World, phone: Phone, kind: str, value: Any) -> Done:
    """Let `phone` do one thing (a key of ACTS, with what it takes); call with `world.lock` held.

    Beside its own fields every act takes reply_to (a message id, or "last"), forwarded (true or "often") and
    group_id (as if written in a group).
    The entries stand in the chat at once; the updates are the caller's to deliver. Raises BadAct, NoSuchOption.
    """
    if kind not in ACTS:
        raise BadAct(f"a phone can {', '.join(ACTS)}, not {kind!r}")
    contents = [_in_context(phone, each, value) for each in ACTS[kind](world, phone, value)]
    done, now = Done(), world.clock()
    for content in contents:
        _take(done, world, phone, content, now)
    if isinstance(value, dict) and value.get("shuffled"):
        world.rng.shuffle(done.updates)
    return done


def _take(done: Done, world: World, phone: Phone, content: Content, now: float) -> None:
    message_id = new_wamid(world.rng, phone.person.name_in_ids, inbound=True)
    entry = None
    if content.shown is not None:
        marks = {"quote": content.quote, "forwarded": "forwarded" in content.part.get("context", {})}
        status = "waiting" if phone.offline else "sent"
        entry = phone.add(message_id, "phone", now, content.shown, status=status, **marks)
        done.entries.append(entry)
    done.message_ids.append(message_id)
    if phone.offline:
        phone.unsent.append(Unsent(message_id, entry, content.part, content.renews_window))
        return
    if content.renews_window:
        phone.last_wrote_at = now
    done.updates.append(message_update(phone, message_id, now, content.part))


def _in_context(phone: Phone, content: Content, value: Any) -> Content:
    """`content` as an answer to an earlier message, or passed on from elsewhere, if `value` asks for it."""
    context = dict(content.part.get("context", {}))
    quote = content.quote
    if isinstance(value, dict) and value.get("reply_to"):
        answered = _answered(phone, str(value["reply_to"]))
        own = {} if phone.person.hides_number else {"from": phone.number}
        context |= {"from": phone.line.display_number} if answered.sender == "business" else own
        context["id"] = answered.id
        quote = answered.shown.text or answered.shown.type
    passed_on = value.get("forwarded") if isinstance(value, dict) else None
    if passed_on:
        context |= {"forwarded": True} | ({"frequently_forwarded": True} if passed_on == "often" else {})
    part = content.part | ({"context": context} if context else {})
    if passed_on and part.get("type") == "audio":
        part |= {"audio": part["audio"] | {"voice": False}}
    if isinstance(value, dict) and value.get("group_id"):
        part |= {"group_id": str(value["group_id"])}
    return replace(content, part=part, quote=quote)


def _answered(phone: Phone, message_id: str) -> Entry:
    last: Sequence[Entry] = [each for each in phone.entries[-50:] if each.sender == "business"]
    found = (last[-1] if last else None) if message_id == "last" else phone.entry(message_id)
    if found is None:
        raise BadAct("reply_to is the id of a message of this chat, or last")
    return found


def _text(world: World, phone: Phone, value: Any) -> list[Content]:
    body = value.get("body") if isinstance(value, dict) else value
    if not isinstance(body, str) or not body.strip() or len(body) > TEXT_BODY:
        raise BadAct(f"a text is 1 to {TEXT_BODY} characters")
    part: dict[str, Any] = {"type": "text", "text": {"body": body}}
    if isinstance(value, dict) and isinstance(value.get("referral"), dict):
        part["referral"] = value["referral"]
    return [Content(part, Shown("text", text=body))]


def _tap(world: World, phone: Phone, value: Any) -> list[Content]:
    wanted = value if isinstance(value, dict) else {"any": value}
    entry, option = phone.offer(wanted)
    context = {"context": {"from": phone.line.display_number, "id": entry.id}}
    part = ({} if wanted.get("without_context") else context) | _reply(option)
    return [Content(part, Shown("reply", text=option.title, footer=option.description))]


def _reply(option: Option) -> dict[str, Any]:
    if option.kind == "template_button":
        return {"type": "button", "button": {"payload": option.id, "text": option.title}}
    kind = "list_reply" if option.kind == "row" else "button_reply"
    reply = {"id": option.id, "title": option.title}
    if option.description:
        reply["description"] = option.description
    return {"type": "interactive", "interactive": {"type": kind, kind: reply}}


def _location(world: World, phone: Phone, value: Any) -> list[Content]:
    try:
        place: dict[str, Any] = {key: float(value[key]) for key in ("latitude", "longitude")}
    except (KeyError, TypeError, ValueError) as error:
        raise BadAct("a location needs latitude and longitude in degrees") from error
    named = {key: str(value[key]) for key in ("name", "address") if value.get(key)}
    text = ", ".join(named.values()) or f"{place['latitude']:.5f}, {place['longitude']:.5f}"
    return [Content({"type": "location", "location": place | named}, Shown("location", text=text))]


def _contacts(world: World, phone: Phone, value: Any) -> list[Content]:
    if not isinstance(value, dict) or not value.get("name") or not value.get("number"):
        raise BadAct("a contact card needs name and number")
    name, number = str(value["name"]), str(value["number"]).lstrip("+")
    card = {
        "name": {"formatted_name": name, "first_name": name},
        "phones": [{"phone": f"+{number}", "wa_id": number, "type": "CELL"}],
        "origin": str(value.get("origin") or "other"),
    }
    return [Content({"type": "contacts", "contacts": [card]}, Shown("contacts", text=name))]


ACTS: dict[str, Callable[[World, Phone, Any], list[Content]]] = {
    "text": _text,
    "tap": _tap,
    "file": file,
    "album": album,
    "location": _location,
    "contacts": _contacts,
    "react": react,
    "edit": edit,
    "revoke": revoke,
    "forward": forward,
    "unsupported": unsupported,
    "flow": flow,
    "welcome": welcome,
    "order": order,
    "system": system,
}
