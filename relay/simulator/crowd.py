"""Thousands of phones at once: made in one call, driven in one call, heard in one call."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from relay.simulator.acts import Done
from relay.simulator.content import BadAct
from relay.simulator.control import answer_mistakes, body, done_of, items_of, outcome_of, packing_of, whole
from relay.simulator.errors import Missing, Misuse
from relay.simulator.graph import the_world

crowd = Blueprint("crowd", __name__, url_prefix="/sim")
answer_mistakes(crowd)

LARGEST_CROWD = 50_000
LARGEST_PAGE = 20_000


@crowd.post("/crowd")
def gather() -> Response:
    """Make {n} phones; identity?, phone_number_id? as for one, {label?} with a number behind it."""
    world, wanted = the_world(), body()
    n, label = whole(wanted, "n", 0), str(wanted.get("label") or "Person")
    if not 1 <= n <= LARGEST_CROWD:
        raise BadAct(f"n is 1 to {LARGEST_CROWD}")
    alike = {key: wanted[key] for key in ("identity", "phone_number_id") if key in wanted}
    with world.lock:
        made = [world.people.create(alike | {"label": f"{label} {place}"}) for place in range(1, n + 1)]
    return jsonify({"phones": [phone.as_json() for phone in made]})


@crowd.post("/acts")
def perform_many() -> Response:
    """Any number of acts, packed into POSTs: {acts: items as for /sim/batch, batch?, lanes?, repeat?, shuffle?, ...}.

    `lanes` POSTs are under way at once. Acts of a phone that is out of reach wait there. Gives for each act the
    ids of its messages; an act that cannot be is left out and its reason told in `errors` under its place.
    """
    world, wanted = the_world(), body()
    packing, items = packing_of(wanted), items_of(wanted, "acts")
    errors: dict[int, str] = {}
    with world.lock:
        made = [_done(item, place, errors) for place, item in enumerate(items)]
    jobs = world.outlet.send_packed([update for done in made for update in done.updates], packing)
    ids = [done.message_ids for done in made]
    return jsonify({"message_ids": ids, "errors": errors, "webhook": outcome_of(jobs)})


def _done(item: dict[str, Any], place: int, errors: dict[int, str]) -> Done:
    try:
        return done_of(item)
    except (Misuse, Missing) as error:
        errors[place] = str(error)
        return Done()


@crowd.get("/feed")
def feed() -> Response:
    """What reached any phone, oldest first: ?since=N (the `next` of the answer before), ?limit=M."""
    world, asked = the_world(), request.args
    since, limit = (
        max(0, asked.get("since", 0, int)),
        min(asked.get("limit", LARGEST_PAGE, int), LARGEST_PAGE),
    )
    with world.lock:
        page = world.people.ledger.feed[since : since + limit]
        listed: list[dict[str, Any]] = [{"phone": phone} | entry.as_json() for phone, entry in page]
    return jsonify({"messages": listed, "next": since + len(page)})
