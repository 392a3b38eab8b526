"""relay/events: everything WhatsApp may post becomes typed events, and nothing else of it gets in."""

import json
import random
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import Event, MediaRef, Sender, parse
from sync import canonical

BODIES = Path(__file__).parent / "bodies"
NAMES = sorted(path.stem for path in BODIES.glob("*.json"))

LINE = "555000111222333"
SENT_AT = 1795240800
ASHA = Sender("IN.4711000000000042", "")
ASHA_NUMBER = Sender("", "919876500042")
ASHA_NEW = Sender("IN.4711000000000043", "")
ASHA_NEW_NUMBER = Sender("", "919876500043")
BIJU = Sender("IN.4711000000000050", "")
NOT_OURS = {"number_id": "", "at_s": 0, "sender": None}


def event(kind: str, text: str = "", **more: Any) -> Event:
    """An event of Asha's to our line; what is named in `more` differs."""
    return replace(Event(kind, LINE, ASHA, SENT_AT, text), **more)


def silent(kind: str, text: str = "", **more: Any) -> Event:
    """An event nobody is to be answered for."""
    return event(kind, text, **{"sender": None, **more})


def status(told: str, **more: Any) -> Event:
    return silent("status", status=told, **{"opaque": "o-17", **more})


def media(kind: str, number: int, mime: str, digest: str, caption: str = "", voice: bool = False) -> Event:
    return event(kind, caption, media=MediaRef(str(number), mime, digest, caption, voice))


HI = event("text", "Hi")
OPUS = "audio/ogg; codecs=opus"
EXPECTED: dict[str, list[Event]] = {
    # what people send
    "text": [event("text", "कल रात चोरी हुई / a theft")],
    "text_reply": [event("text", "yes")],
    "text_referral": [HI],
    "image": [media("photo", 901, "image/jpeg", "c2hhLW9mLWltYWdl", "गाड़ी")],
    "voice_note": [media("voice", 902, OPUS, "c2hhLW9mLXZvaWNl", voice=True)],
    "audio_forwarded": [media("audio", 903, "audio/mpeg", "c2hhLW9mLWF1ZGlv")],
    "voice_old_shape": [media("voice", 904, OPUS, "c2hhLW9mLXZvaWNl", voice=True)],
    "video": [media("video", 905, "video/mp4", "c2hhLW9mLXZpZGVv")],
    "document": [media("document", 906, "application/pdf", "c2hhLW9mLXBkZg==", "list")],
    "sticker": [media("sticker", 907, "image/webp", "c2hhLW9mLXN0aWNrZXI=")],
    "location": [event("location", latitude_e5=2574640, longitude_e5=8268369)],
    "location_south_west": [event("location", latitude_e5=-3350000, longitude_e5=-7000000)],
    "contacts": [event("contacts")],
    "list_reply": [event("tap", "चोरी", choice="v1|q3|theft")],
    "button_reply": [event("tap", "हाँ", choice="v1|q4|yes")],
    "template_button": [event("tap", "पढ़ें", choice="t|read")],
    "template_button_without_payload": [event("text", "पढ़ें")],
    "reaction": [event("reaction", "👍")],
    "reaction_taken_back": [event("reaction")],
    "reaction_without_emoji": [event("reaction")],
    # what we cannot take, or were not to answer
    "unsupported": [event("unsupported", error_code=131051)],
    "unsupported_without_errors": [event("unsupported")],
    "errors_only": [event("unsupported", error_code=131051)],
    "file_too_large": [event("unsupported", error_code=131052)],
    "edit": [silent("unsupported")],
    "revoke": [silent("unsupported")],
    "request_welcome": [silent("unsupported")],
    "group": [silent("unsupported")],
    "group_of_media": [silent("unsupported")],
    "system_of_unknown_type": [silent("unsupported")],
    "identity_changed": [silent("unsupported")],
    "order": [event("unknown", '{"order":{"catalog_id":"c-1","product_items":[]},"type":"order"}')],
    "flow_reply": [
        event(
            "unknown",
            '{"interactive":{"nfm_reply":{"body":"Sent","name":"flow","response_json":"{\\"a\\":1}"},'
            '"type":"nfm_reply"},"type":"interactive"}',
        )
    ],
    "flow_reply_not_object": [
        event(
            "unknown",
            '{"interactive":{"nfm_reply":{"body":"Sent","response_json":"[1, broken"},"type":"nfm_reply"},'
            '"type":"interactive"}',
        )
    ],
    "interactive_of_unknown_type": [
        event(
            "unknown",
            '{"interactive":{"call_permission_reply":{"response":"accept"},"type":"call_permission_reply"},'
            '"type":"interactive"}',
        )
    ],
    "type_unknown": [event("unknown", '{"hologram":{"frames":[1,2.5,null],"note":"नया"},"type":"hologram"}')],
    "type_missing_part_known": [event("text", "untyped")],
    "type_and_part_missing": [
        silent("unknown", '{"id":"wamid.TESTtype_and_part_missing","note":"?","timestamp":"1795240800"}')
    ],
    "text_without_body": [event("unknown", '{"text":{"words":"?"},"type":"text"}')],
    "media_without_id": [event("unknown", '{"image":{"mime_type":"image/jpeg"},"type":"image"}')],
    "location_impossible": [
        event("unknown", '{"location":{"latitude":"NaN","longitude":1000},"type":"location"}')
    ],
    # who wrote
    "user_id_only": [HI],
    "user_id_in_contact_only": [HI],
    "user_id_in_lone_contact": [HI],
    "user_id_in_from": [HI],
    "parent_user_id": [HI],
    "wa_id_empty": [HI],
    "id_missing": [HI],
    "number_only": [event("text", "Hi", sender=ASHA_NUMBER)],
    "user_id_malformed": [event("text", "Hi", sender=ASHA_NUMBER)],
    "id_malformed": [HI, HI, HI, HI],
    "nulls": [media("photo", 908, "", "")],
    "two_people": [event("text", "one"), event("text", "two", sender=BIJU, at_s=SENT_AT + 1)],
    "nobody_wrote": [silent("text", "Hi")],
    "time_unreadable": [event("text", "Hi", at_s=0)],
    # who moved
    "number_changed": [event("moved", sender=ASHA_NUMBER, moved_to=ASHA_NEW_NUMBER)],
    "number_changed_old_shape": [event("moved", sender=ASHA_NUMBER, moved_to=ASHA_NEW_NUMBER)],
    "number_changed_with_user_ids": [event("moved", moved_to=ASHA_NEW)],
    "user_id_changed": [event("moved", moved_to=ASHA_NEW)],
    "user_id_changed_without_previous": [event("moved", moved_to=ASHA_NEW)],
    "user_id_changed_told_in_words_only": [silent("unsupported")],
    # what became of our messages
    "status_sent": [status("sent")],
    "status_delivered": [status("delivered")],
    "status_read": [status("read")],
    "status_played": [status("read")],
    "status_failed": [status("failed", error_code=131026)],
    "status_unknown": [silent("unknown", '{"status":"pondered"}', opaque="o-17")],
    "status_without_opaque": [status("sent", opaque="")],
    # around
    "errors_of_the_value": [
        silent("unknown", '{"code":130429,"title":"Rate limit hit"}', error_code=130429, at_s=0)
    ],
    "field_other": [
        event(
            "unknown",
            '{"field":"account_update","value":{"event":"DISABLED","messaging_product":"whatsapp",'
            '"metadata":{"display_phone_number":"915550001112","phone_number_id":"555000111222333"}}}',
            **NOT_OURS,
        )
    ],
    "value_without_lists": [
        event(
            "unknown",
            '{"field":"messages","value":{"messaging_product":"whatsapp",'
            '"metadata":{"display_phone_number":"915550001112","phone_number_id":"555000111222333"}}}',
            **NOT_OURS,
        )
    ],
    "entry_without_changes": [event("unknown", '{"id":"1","messaging":[{"text":"x"}]}', **NOT_OURS)],
    "object_only": [event("unknown", '{"object":"whatsapp_business_account"}', **NOT_OURS)],
    "empty": [],
    "statuses_and_messages": [
        event("text", "a"),
        event("text", "b", sender=Sender("", "919876500050")),
        status("read"),
    ],
    "poisoned_neighbours": [
        event("text", "sane"),
        silent("unknown", '"?"', at_s=0),
        silent("unknown", "7", at_s=0),
        silent("unknown", "null", at_s=0),
        silent("unknown", '{"text":3,"type":"text"}', at_s=0),
        silent("unknown", '{"type":"text"}', at_s=0),
        silent("unknown", "[]", at_s=0),
        silent("unknown", '{"status":["sent"]}', at_s=0),
        silent("unknown", '"?"', at_s=0),
    ],
}


def load(name: str) -> Any:
    return json.loads((BODIES / f"{name}.json").read_bytes())


def to_bytes(value: object) -> bytes:
    return json.dumps(value).replace("/", "\\/").encode()


def events_of(body: bytes) -> list[Event]:
    return [update.event for update in parse(body)]


def one_message(**item: Any) -> bytes:
    return to_bytes({"entry": [{"changes": [{"field": "messages", "value": {"messages": [item]}}]}]})


def test_every_body_has_an_expectation() -> None:
    assert set(NAMES) == set(EXPECTED)


@pytest.mark.parametrize("name", NAMES)
def test_a_body_gives_its_events(name: str) -> None:
    assert events_of((BODIES / f"{name}.json").read_bytes()) == EXPECTED[name]


@pytest.mark.parametrize("name", NAMES)
def test_an_event_survives_its_canonical_form(name: str) -> None:
    for one in EXPECTED[name]:
        assert canonical.loads(Event, canonical.dumps(one)) == one


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"contacts", "type_and_part_missing"}))
def test_nothing_that_was_not_asked_for_gets_in(name: str) -> None:
    kept = "".join(str(asdict(one)) for one in events_of((BODIES / f"{name}.json").read_bytes()))
    unwanted = ("Asha", "@asha", "QUOTED", "OURS", "EARLIER", "IN.ENT", "asha devi.pdf", "Shahganj", "hash-1")
    assert [word for word in unwanted if word in kept] == []
    assert "919876500042" not in kept or "'user_id': ''" in kept


def test_a_contact_card_leaves_nothing() -> None:
    assert canonical.dumps(events_of((BODIES / "contacts.json").read_bytes())[0]).count(b"98765") == 0


def merged(names: list[str], layout: str) -> bytes:
    """The bodies of these names in one POST: side by side as entries, or as changes of one entry."""
    entries = [entry for name in names for entry in load(name)["entry"]]
    if layout == "changes":
        entries = [{"id": "1", "changes": [change for entry in entries for change in entry["changes"]]}]
    return to_bytes({"object": "whatsapp_business_account", "entry": entries})


MERGEABLE = sorted(set(NAMES) - {"object_only", "entry_without_changes"})


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(MERGEABLE), min_size=1, max_size=12),
    st.sampled_from(["entries", "changes"]),
    st.integers(1, 3),
)
def test_a_batch_is_the_union_of_its_singles(names: list[str], layout: str, repeats: int) -> None:
    shuffled = random.Random(repeats).sample(names * repeats, len(names) * repeats)
    singles = Counter(update for name in shuffled for update in parse(to_bytes(load(name))))
    assert Counter(parse(merged(shuffled, layout))) == singles


IN_ONE_VALUE = sorted(
    name for name in EXPECTED if EXPECTED[name] and EXPECTED[name][0].sender and "lone" not in name
)


@pytest.mark.slow
@given(st.lists(st.sampled_from(IN_ONE_VALUE), min_size=2, max_size=12, unique=True))
def test_messages_that_share_a_value_do_not_mix(names: list[str]) -> None:
    values = [load(name)["entry"][0]["changes"][0]["value"] for name in names]
    value = {"metadata": values[0]["metadata"]} | {
        key: [item for one in values for item in one.get(key, [])]
        for key in ("contacts", "messages", "statuses", "errors")
    }
    batch = {update.tag_source: update.event.kind for update in parse(in_one_change(value))}
    singles = {u.tag_source: u.event.kind for one in values for u in parse(in_one_change(one))}
    assert batch == singles


def in_one_change(value: object) -> bytes:
    return to_bytes({"entry": [{"changes": [{"field": "messages", "value": value}]}]})


def test_people_come_before_statuses_whatever_the_order() -> None:
    body = merged(["status_read", "errors_of_the_value", "status_sent", "text", "voice_note"], "changes")
    assert [one.kind for one in events_of(body)] == ["text", "voice", "status", "unknown", "status"]


def test_a_thousand_updates_in_one_post_are_all_kept() -> None:
    items = [
        {"id": f"m{n}", "from": "919876500042", "type": "text", "text": {"body": str(n)}} for n in range(1000)
    ]
    kept = parse(in_one_change({"messages": items}))
    assert [(update.tag_source, update.event.text) for update in kept] == [
        (f"m{n}", str(n)) for n in range(1000)
    ]


def test_a_status_and_a_message_of_one_id_have_different_tags() -> None:
    value = {"messages": [{"id": "x"}], "statuses": [{"id": "x"}, {"id": "x", "status": "read"}]}
    assert len({update.tag_source for update in parse(in_one_change(value))}) == 3


def test_an_item_without_id_has_the_same_tag_however_it_is_written() -> None:
    item = {"from": "919876500042", "type": "text", "text": {"body": "चोरी/1"}}
    reordered = dict(reversed(item.items()))
    raw = in_one_change({"messages": [reordered]}).replace(b"\\/", b"/")
    assert parse(in_one_change({"messages": [item]}))[0].tag_source == parse(raw)[0].tag_source


@pytest.mark.parametrize(
    "written",
    ["+91 98765-00042", "919876500042", 919876500042],
)
def test_a_number_is_its_digits(written: object) -> None:
    assert events_of(one_message(**{"from": written}))[0].sender == ASHA_NUMBER


@pytest.mark.parametrize(
    "written", ["", "nobody", "९१९८७६५०००४२", "in.4711", "IN.", "IN." + "a" * 129, ["x"], True]
)
def test_what_is_neither_number_nor_id_is_nobody(written: object) -> None:
    assert events_of(one_message(**{"from": written, "from_user_id": written}))[0].sender is None


@pytest.mark.parametrize("written", ["1795240800", 1795240800])
def test_a_time_stamp_is_read_in_both_spellings(written: object) -> None:
    assert events_of(one_message(timestamp=written))[0].at_s == SENT_AT


@pytest.mark.parametrize("written", ["", "soon", "-1", "1e9", "२०२६", "9" * 5000, 1.5, None, True, [1]])
def test_an_unreadable_time_stamp_is_zero(written: object) -> None:
    assert events_of(one_message(timestamp=written))[0].at_s == 0


def test_a_move_told_under_the_new_id_is_from_the_old_number() -> None:
    part = {"type": "user_changed_number", "user_id": ASHA_NEW.user_id, "wa_id": ASHA_NEW_NUMBER.phone}
    who = {"from": ASHA_NUMBER.phone, "from_user_id": ASHA_NEW.user_id}
    found = events_of(one_message(type="system", system=part, **who))[0]
    assert (found.kind, found.sender, found.moved_to) == ("moved", ASHA_NUMBER, ASHA_NEW)


def test_a_name_in_the_words_of_a_move_moves_nobody() -> None:
    said = f"User x changed from {ASHA.user_id} to {ASHA_NEW.user_id} changed from 1 to 2"
    part = {"type": "user_changed_user_id", "body": said, "user_id": ASHA_NEW.user_id}
    found = events_of(one_message(type="system", system=part, **{"from": "919876500099"}))[0]
    assert (found.sender, found.moved_to) == (Sender("", "919876500099"), ASHA_NEW)


def test_half_a_surrogate_pair_does_not_get_in() -> None:
    found = parse(one_message(id="x\ud83d", type="text", text={"body": "a\ud83d b"}))[0]
    assert (found.tag_source, found.event.text) == ("x?", "a? b")


def test_an_absurd_number_harms_only_its_own_item() -> None:
    sane = one_message(type="text", text={"body": "sane"}, **{"from": "919876500042"})
    poisoned = sane.replace(b'"messages": [', b'"messages": [{"timestamp": ' + b"9" * 9999 + b"}, ")
    assert events_of(poisoned)[0].text == "sane"
    assert len(events_of(poisoned)) == 2


def test_bytes_that_are_no_utf8_harm_only_their_own_text() -> None:
    body = one_message(type="text", text={"body": "a-b"}).replace(b"a-b", b"a\xffb")
    assert events_of(body)[0].text == "a�b"


@pytest.mark.parametrize("body", [b"", b"not json", b"[" * 100_000, b"\xff\xfe", b'{"entry": '])
def test_a_body_that_is_not_json_is_kept_whole(body: bytes) -> None:
    [update] = parse(body)
    assert update.event.kind == "unknown"
    assert update.event.text == body.decode("utf-8", "replace")[: 64 * 1024]


def test_two_long_bodies_that_differ_at_the_end_are_two() -> None:
    first, second = (parse(b"x" * 100_000 + end)[0] for end in (b"1", b"2"))
    assert first.tag_source != second.tag_source
    assert len(first.event.text) == 64 * 1024


def test_an_item_nested_absurdly_deep_is_kept_down_to_a_depth() -> None:
    nested: list[Any] = []
    for _ in range(300):
        nested = [nested]
    found = events_of(one_message(type="odd", odd=nested))[0]
    assert found.kind == "unknown"
    assert "…" in found.text
