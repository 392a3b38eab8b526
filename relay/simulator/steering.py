"""Steering what WhatsApp does: how it delivers, what it refuses, what time it is."""

from flask import Blueprint, Response, jsonify, request

from relay.simulator.approved import Template
from relay.simulator.content import BadAct
from relay.simulator.control import answer_mistakes, body, outcome_of
from relay.simulator.graph import the_world
from relay.simulator.webhooks import SIGNATURE, handshake

steering = Blueprint("steering", __name__, url_prefix="/sim")
answer_mistakes(steering)


@steering.post("/deliver-mode")
def deliver_mode() -> Response:
    """Change {batch, duplicate, shuffle, seed, paused, concurrent, layout}."""
    outlet = the_world().outlet
    return jsonify({"webhook": outcome_of(outlet.set_mode(outlet.mode.changed(body())))})


@steering.post("/flush")
def flush() -> Response:
    """Send everything held back."""
    return jsonify({"webhook": outcome_of(the_world().outlet.flush())})


@steering.post("/raw")
def raw() -> Response:
    """Post the body of this request as it is, once; ?signature=good (default), bad or none."""
    poster, posted = the_world().outlet.poster, request.get_data()
    headers = poster.headers(posted)
    if request.args.get("signature") == "bad":
        headers[SIGNATURE] = headers[SIGNATURE][:-1] + ("0" if headers[SIGNATURE][-1] != "0" else "1")
    elif request.args.get("signature") == "none":
        del headers[SIGNATURE]
    return jsonify({"status": poster.raw(posted, headers)})


@steering.post("/handshake")
def shake_hands() -> Response:
    """Do the subscription check against the webhook: {verify_token?}; tells whether the challenge came back."""
    world = the_world()
    token = str(body().get("verify_token", world.config.verify_token))
    challenge = str(world.rng.randrange(10**9, 10**10))
    status, ok = handshake(world.outlet.poster.url, token, challenge, world.config.answer_timeout_s)
    return jsonify({"status": status, "ok": ok and status == 200})


@steering.post("/webhook")
def set_webhook() -> Response:
    """How updates are posted from now on, those being retried too: {url?, answer_timeout_s?, retry_delays_s?}."""
    wanted, poster = body(), the_world().outlet.poster
    delays_s = wanted.get("retry_delays_s", list(poster.delays_s))
    if not isinstance(delays_s, list) or not all(
        type(each) in (int, float) and each >= 0 for each in delays_s
    ):
        raise BadAct("retry_delays_s is a list of seconds")
    timeout_s = wanted.get("answer_timeout_s", poster.timeout_s)
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int | float) or not 0 < timeout_s <= 600:
        raise BadAct("answer_timeout_s is a number of seconds up to 600")
    poster.url, poster.timeout_s = str(wanted.get("url", poster.url)), float(timeout_s)
    poster.delays_s = tuple(float(each) for each in delays_s)
    return jsonify({"url": poster.url, "answer_timeout_s": poster.timeout_s})


@steering.post("/media/<media_id>/expire")
def expire(media_id: str) -> Response:
    """Let the seven days of a file be over."""
    world = the_world()
    with world.lock:
        world.media.expire(media_id)
    return jsonify({"expired": media_id})


@steering.post("/clock")
def set_clock() -> Response:
    """Set simulated time to the machine's plus {offset_s}."""
    offset_s = body().get("offset_s")
    if isinstance(offset_s, bool) or not isinstance(offset_s, int | float):
        raise BadAct("offset_s is a number of seconds")
    the_world().clock.offset_s = float(offset_s)
    return jsonify({"now": the_world().clock()})


@steering.post("/switches")
def set_switches() -> Response:
    """Change what WhatsApp does: see switches.Switches."""
    world = the_world()
    with world.lock:
        world.switches.change(body())
    return jsonify(world.switches.as_json())


@steering.post("/templates")
def approve_template() -> Response:
    """Approve {name, language, body, buttons?}; from then on only approved ones can be sent."""
    wanted = body()
    if not all(isinstance(wanted.get(key), str) and wanted[key] for key in ("name", "language", "body")):
        raise BadAct("a template has name, language and body")
    buttons = tuple(str(each) for each in wanted.get("buttons", []))
    the_world().templates.approve(Template(wanted["name"], wanted["language"], wanted["body"], buttons))
    return jsonify({"approved": wanted["name"]})


@steering.get("/state")
def state() -> Response:
    """Counters and settings: what was posted and answered, what the relay sent, what is held back."""
    world = the_world()
    with world.lock:
        return jsonify({
            "webhook": world.outlet.poster.counters.as_json() | {"url": world.outlet.poster.url},
            "held": world.outlet.held,
            "sends": dict(world.sends),
            "scheduled": world.outlet.scheduled,
            "phones": len(world.people),
            "switches": world.switches.as_json(),
            "now": world.clock(),
        })  # fmt: skip
