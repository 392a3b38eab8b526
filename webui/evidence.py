"""Evidence files: their bytes as asked for, shown in a sandbox, never kept by the browser."""

from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ContentRange

from appliance import evidence
from appliance.desk import Actor
from appliance.evidence import EvidenceInfo
from webui.access import CASES, needs
from webui.site import desk

pages = Blueprint("evidence", __name__)

# No script, no frame, no origin; the style is the browser's own around a picture shown by itself.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
# What a browser may show by itself, and the ending of its name when saved; everything else is only ever saved.
SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "video/3gpp": "3gp",
}
# Of a kind we know, but for a program outside the browser.
SAVED = {"application/pdf": "pdf", "audio/amr": "amr", "audio/3gpp": "3gp"}
UNKNOWN_MIME = "application/octet-stream"


@pages.get("/evidence/<file_id>")
@needs(CASES)
def show(actor: Actor, file_id: str) -> ResponseReturnValue:
    """The file, or the one range of it that was asked for; each opening is noted with the person's name."""
    found = evidence.seen(desk(), file_id, actor)
    asked = _asked(found.size_bytes)
    if asked is None:
        refusal = _headed(Response(status=416), found)
        refusal.content_range = ContentRange("bytes", None, None, found.size_bytes)
        return refusal
    start, end = asked
    response = _headed(Response(_begun(evidence.open_evidence(desk(), file_id, actor, start, end))), found)
    response.content_length = end - start
    if _single_range():
        response.status_code = 206
        response.content_range = ContentRange("bytes", start, end, found.size_bytes)
    return response


def _single_range() -> bool:
    """Whether one range of bytes is asked for; several at once are answered with the whole file."""
    asked = request.range
    return asked is not None and asked.units == "bytes" and len(asked.ranges) == 1


def _asked(size_bytes: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None where the range lies outside the file."""
    if not _single_range():
        return 0, size_bytes
    assert request.range is not None
    return request.range.range_for_length(size_bytes)


def _begun(content: Iterator[bytes]) -> Iterator[bytes]:
    """Opens the first chunk at once, so that a file that does not open becomes an error page, not a torn answer."""
    return chain([next(content, b"")], content)


def _headed(response: Response, found: EvidenceInfo) -> Response:
    is_shown = found.mime in SHOWN
    ending = SHOWN.get(found.mime) or SAVED.get(found.mime, "bin")
    name = f"{found.serial}-{found.file_id[:8]}.{ending}"
    response.headers["Content-Type"] = found.mime if is_shown or found.mime in SAVED else UNKNOWN_MIME
    response.headers["Content-Disposition"] = f'{"inline" if is_shown else "attachment"}; filename="{name}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    response.headers["Accept-Ranges"] = "bytes"
    return response
