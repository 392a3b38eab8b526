"""The Graph API as the relay sees it: messages, read receipts, files."""

import re
import time
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from relay.simulator.config import Line
from relay.simulator.errors import Broken, GraphError, Unanswered
from relay.simulator.ids import new_trace_id
from relay.simulator.limits import MEDIA, STILL_STICKER_BYTES, check_mime, check_product, is_animated
from relay.simulator.media import UPLOADED_LIFE_S, File
from relay.simulator.sending import mark_read, send
from relay.simulator.world import World

graph = Blueprint("graph", __name__)

_VERSION = re.compile(r"v\d{1,3}\.\d")


def the_world() -> World:
    """The world this application serves."""
    world = current_app.extensions["simulator"]
    assert isinstance(world, World)
    return world


@graph.errorhandler(GraphError)
def refused(error: GraphError) -> tuple[Response, int]:
    """An error in Meta's shape."""
    return jsonify(error.as_json(new_trace_id(the_world().rng))), error.http_status


@graph.errorhandler(Broken)
def broken(error: Broken) -> tuple[str, int]:
    """What a machine in between says."""
    return "<html><body>Sorry, something went wrong.</body></html>", error.http_status


@graph.errorhandler(Unanswered)
def lost(error: Unanswered) -> Response:
    """The line breaks where the answer would have begun."""
    return Response(map(_break_off, (b"",)))


@graph.before_request
def check_version_and_token() -> None:
    """Every request names a version and carries the access token; files have no version."""
    version = (request.view_args or {}).get("version")
    if version is not None and not _VERSION.fullmatch(version):
        raise GraphError(100, f"Unknown path components: /{version}")
    if request.headers.get("Authorization") != f"Bearer {the_world().config.access_token}":
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token")


@graph.post("/<version>/<phone_number_id>/messages")
def messages(version: str, phone_number_id: str) -> Response:
    """Send a message, or mark one as read."""
    line, payload = _line(phone_number_id), _payload()
    if payload.get("status") == "read":
        return jsonify(mark_read(the_world(), line, payload))
    return jsonify(send(the_world(), line, payload))


@graph.post("/<version>/<phone_number_id>/media")
def upload(version: str, phone_number_id: str) -> Response:
    """Upload a file that messages can then name by id."""
    _line(phone_number_id)
    check_product(request.form)
    if "file" not in request.files:
        raise GraphError(100, "The parameter file is required.")
    file = request.files["file"]
    data, mime = file.read(), request.form.get("type") or file.content_type or ""
    kind = {"image/webp": "sticker"}.get(mime, mime.partition("/")[0])
    kind = kind if kind in MEDIA else "document"
    check_mime(kind, mime)
    largest = STILL_STICKER_BYTES if kind == "sticker" and not is_animated(data) else MEDIA[kind][1]
    if not data or len(data) > largest:
        raise GraphError(131053, f"{kind} is empty or larger than {largest} bytes")
    world = the_world()
    with world.lock:
        stored = world.media.add(data, mime, world.clock() + UPLOADED_LIFE_S)
    return jsonify({"id": stored.id})


@graph.get("/<version>/<object_id>")
def describe(version: str, object_id: str) -> Response:
    """Where to fetch a file; or, for a business number, what it is."""
    world = the_world()
    line = world.line(object_id)
    if line is not None:
        number = {"display_phone_number": line.display_number, "verified_name": "Satark Mitra"}
        return jsonify(number | {"quality_rating": "GREEN", "id": line.phone_number_id})
    with world.lock:
        if world.switches.media_fail_next:
            raise GraphError(
                world.switches.media_fail_next.pop(0), "Refused because the simulator was told to"
            )
        file = _file(world, object_id)
    about = {"url": world.address_of(file.id), "mime_type": file.mime, "sha256": file.sha256.hex()}
    return jsonify(about | {"file_size": file.size_bytes, "id": file.id, "messaging_product": "whatsapp"})


@graph.delete("/<version>/<object_id>")
def delete(version: str, object_id: str) -> Response:
    """Delete a file."""
    world = the_world()
    with world.lock:
        world.media.delete(_file(world, object_id).id)
    return jsonify({"success": True})


@graph.get("/whatsapp_business/attachments/")
def download() -> Response:
    """The content of a file, at an address given less than five minutes ago."""
    world, asked = the_world(), request.args
    time.sleep(world.switches.media_slow_s)
    with world.lock:
        file = world.media.at_address(
            asked.get("mid", ""), asked.get("ext", ""), asked.get("hash", ""), world.clock()
        )
        if world.switches.media_not_found > 0:
            world.switches.media_not_found -= 1
            file = None
        cut = file is not None and world.switches.media_truncate > 0
        world.switches.media_truncate -= cut
    if file is None:
        return Response("URL signature expired", 404, content_type="text/plain")
    data = file.data[: len(file.data) // 2] if cut else file.served
    return Response(data, content_type=file.mime)


def _break_off(chunk: bytes) -> bytes:
    raise ConnectionAbortedError("the simulator was told not to answer")


def _line(phone_number_id: str) -> Line:
    line = the_world().line(phone_number_id)
    if line is None:
        raise _no_object(phone_number_id, "post")
    return line


def _file(world: World, media_id: str) -> File:
    file = world.media.get(media_id, world.clock())
    if file is None:
        raise _no_object(media_id, "get")
    return file


def _no_object(object_id: str, method: str) -> GraphError:
    problem = (
        "does not exist, cannot be loaded due to missing permissions, or does not support this operation"
    )
    return GraphError(
        100, f"Unsupported {method} request. Object with ID '{object_id}' {problem}.", subcode=33
    )


def _payload() -> Mapping[str, Any]:
    payload = request.get_json(silent=True)
    if not isinstance(payload, dict):
        raise GraphError(100, "The request body is not a JSON object.")
    return payload
