"""What a person can do beside writing and tapping, as the webhook sees it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from relay.simulator.app import Running
from relay.simulator.client import Phone, Refused, call
from tests.relay.simulator.conftest import Graph, Sink

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

WEBP = b"RIFF\x0c\0\0\0WEBPVP8 "


@pytest.fixture
def phone(simulator: Running, graph: Graph) -> Phone:
    """A phone that has written and was answered."""
    phone = Phone.create(simulator.base_url, "Asha")
    phone.say("Hi")
    graph.send(phone.number, "नमस्ते")
    return phone


def chat(phone: Phone) -> list[dict[str, Any]]:
    """Both sides of the chat."""
    found: list[dict[str, Any]] = call(phone.base_url, f"/sim/phones/{phone.id}/messages?all=1")["messages"]
    return found


def test_a_reaction_and_its_end(phone: Phone, sink: Sink) -> None:
    answered = phone.messages()[0]["id"]
    phone.react(answered, "👍")
    assert sink.messages()[-1]["reaction"] == {"message_id": answered, "emoji": "👍"}
    assert chat(phone)[1]["reaction"] == "👍"
    phone.react(answered, "")
    assert sink.messages()[-1]["reaction"]["emoji"] == ""
    phone.react(answered, without_emoji=True, emoji="")
    assert sink.messages()[-1]["reaction"] == {"message_id": answered}
    assert (chat(phone)[1]["reaction"], len(chat(phone))) == ("", 2)


def test_an_answer_names_the_message_and_who_wrote_it(phone: Phone, sink: Sink) -> None:
    phone.say("हाँ", reply_to="last")
    context, about = sink.messages()[-1]["context"], phone.messages()[0]
    assert context == {"from": "15550783881", "id": about["id"]}
    assert chat(phone)[-1]["quote"] == "नमस्ते"
    own = chat(phone)[0]["id"]
    phone.location(1, 2, reply_to=own)
    assert sink.messages()[-1]["context"] == {"from": phone.number, "id": own}
    with pytest.raises(Refused, match="reply_to"):
        phone.say("x", reply_to="wamid.unknown")


def test_a_forwarded_voice_note_is_no_voice_note(phone: Phone, sink: Sink) -> None:
    said = phone.voice(b"OggS")["message_id"]
    assert sink.messages()[-1]["audio"]["voice"] is True
    phone.forward(said)
    passed_on = sink.messages()[-1]
    assert (passed_on["audio"]["voice"], passed_on["context"]) == (False, {"forwarded": True})
    phone.forward(phone.say("rumour")["message_id"], often=True)
    assert sink.messages()[-1]["context"] == {"forwarded": True, "frequently_forwarded": True}
    phone.voice(b"OggS", forwarded=True)
    assert sink.messages()[-1]["audio"]["voice"] is False


def test_a_text_is_edited_within_fifteen_minutes(phone: Phone, sink: Sink) -> None:
    said = phone.say("तीन लोग")["message_id"]
    changed = phone.edit(said, "चार लोग")["message_id"]
    message = sink.messages()[-1]
    assert (message["type"], message["id"], changed != said) == ("edit", changed, True)
    assert message["edit"]["original_message_id"] == said
    assert message["edit"]["message"]["text"] == {"body": "चार लोग"}
    assert (chat(phone)[-1]["text"], chat(phone)[-1]["edited"]) == ("चार लोग", True)
    call(phone.base_url, "/sim/clock", {"offset_s": 901})
    with pytest.raises(Refused, match="15 minutes"):
        phone.edit(said, "x")


def test_a_message_is_deleted_within_two_days(phone: Phone, sink: Sink) -> None:
    said = phone.photo(b"jpeg", caption="c")["message_id"]
    phone.revoke(said)
    assert sink.messages()[-1]["revoke"] == {"original_message_id": said}
    assert (chat(phone)[-1]["type"], chat(phone)[-1]["media_id"]) == ("deleted", "")
    with pytest.raises(Refused, match="of one's own"):
        phone.revoke(phone.messages()[0]["id"])


@pytest.mark.parametrize("act", ["edit", "revoke"])
def test_a_number_outside_the_business_app_is_told_less(phone: Phone, sink: Sink, act: str) -> None:
    phone.do(act, {"message_id": phone.say("x")["message_id"], "body": "y", "as_unsupported": True})
    message = sink.messages()[-1]
    assert (message["type"], message["unsupported"]) == ("unsupported", {"type": act})
    assert message["errors"][0]["code"] == 131051


@pytest.mark.parametrize(
    ("act", "kind"), [(Phone.view_once, "view_once"), (Phone.poll, "poll_creation")], ids=["once", "poll"]
)
def test_what_is_not_passed_on_is_named(
    phone: Phone, sink: Sink, act: Callable[[Phone], Any], kind: str
) -> None:
    act(phone)
    message = sink.messages()[-1]
    assert (message["type"], message["unsupported"], message["errors"][0]["code"]) == (
        "unsupported",
        {"type": kind},
        131051,
    )


def test_a_sticker_and_the_older_shape_of_voice(phone: Phone, sink: Sink) -> None:
    phone.sticker(WEBP)
    assert sink.messages()[-1]["sticker"]["mime_type"] == "image/webp"
    phone.photo(b"OggS", "audio/ogg; codecs=opus", kind="old-voice")
    message = sink.messages()[-1]
    assert (message["type"], message["voice"]["mime_type"]) == ("voice", "audio/ogg; codecs=opus")


def test_an_album_is_as_many_updates_of_the_same_second(phone: Phone, sink: Sink) -> None:
    start = len(sink.posts)
    files = [(bytes([place]), "image/jpeg") for place in range(8)]
    done = phone.album(files, shuffled=True)
    arrived = [message for post in sink.posts[start:] for message in post.messages()]
    assert (len(sink.posts) - start, len({each["timestamp"] for each in arrived})) == (8, 1)
    assert sorted(each["id"] for each in arrived) == sorted(done["message_ids"])
    assert [each["id"] for each in arrived] != done["message_ids"]
    with pytest.raises(Refused, match="an album has"):
        phone.album(files[:1])


@pytest.mark.parametrize("text", ['{"a":', "[1]", "null", '{"a": 1}'])
def test_a_form_comes_back_as_it_is_even_broken(phone: Phone, sink: Sink, text: str) -> None:
    phone.flow(response_json=text, reply_to="last")
    message = sink.messages()[-1]
    assert message["interactive"]["nfm_reply"]["response_json"] == text
    assert message["context"]["id"] == phone.messages()[0]["id"]
    phone.flow({"place": "शाहगंज"})
    assert json.loads(sink.messages()[-1]["interactive"]["nfm_reply"]["response_json"]) == {"place": "शाहगंज"}


def test_what_nobody_typed(phone: Phone, sink: Sink) -> None:
    phone.open_chat()
    phone.order()
    phone.contact("Ravi", "919876500000", origin="contact_request")
    phone.do("system", {})
    phone.say("x", referral={"source_type": "ad"})
    phone.say("x", group_id="120363")
    welcome, order, card, note, ad, group = sink.messages()[-6:]
    assert (welcome["type"], welcome["request_welcome"]) == ("request_welcome", {})
    assert order["order"]["product_items"][0]["quantity"] == 1
    assert card["contacts"][0]["origin"] == "contact_request"
    assert note["system"]["type"] == "customer_identity_changed"
    assert (ad["referral"], group["group_id"]) == ({"source_type": "ad"}, "120363")


def test_opening_a_chat_or_editing_opens_no_window(simulator: Running, graph: Graph) -> None:
    phone = Phone.create(simulator.base_url, "B")
    phone.open_chat()
    assert graph.code(phone.number) == 131047
    phone.react(phone.say("x")["message_id"])
    assert graph.code(phone.number) == 0


def test_what_a_phone_cannot_do_is_refused(phone: Phone) -> None:
    for act, value in (("dance", {}), ("react", {}), ("forward", {"message_id": "no"}), ("flow", {})):
        with pytest.raises(Refused, match="HTTP 400"):
            phone.do(act, value)
