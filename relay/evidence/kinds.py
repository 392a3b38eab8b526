"""The kinds of evidence: what an update announces, what the content turned out to be, how large each may be."""

from relay.events import Event

PHOTO, VOICE, AUDIO, VIDEO, DOCUMENT = "photo", "voice", "audio", "video", "document"
_MIB = 1024 * 1024
LIMIT_BYTES = {PHOTO: 16 * _MIB, VOICE: 16 * _MIB, AUDIO: 16 * _MIB, VIDEO: 16 * _MIB, DOCUMENT: 100 * _MIB}
"""What WhatsApp carries of each; photos also where they come as documents."""

_BY_TYPE = {"image": PHOTO, "audio": AUDIO, "video": VIDEO}
# What a document may say it is. Its content decides in the end; its name is never looked at.
_DOCUMENTS = frozenset(
    "application/pdf application/ogg image/jpeg image/jpg image/png image/webp "
    "audio/ogg audio/opus audio/mpeg audio/mp3 audio/mp4 audio/m4a audio/x-m4a "
    "audio/aac audio/amr audio/3gpp video/mp4 video/3gpp video/quicktime".split()
)


def kind_of(event: Event) -> str | None:
    """photo, voice, audio, video or document; None where the update has no file, or one of a kind we do not take."""
    if event.media is None:
        return None
    if event.kind in (PHOTO, VOICE, AUDIO, VIDEO):
        return event.kind
    mime = event.media.mime.partition(";")[0].strip().lower()
    if event.kind != DOCUMENT or mime not in _DOCUMENTS:
        return None
    return AUDIO if mime == "application/ogg" else _BY_TYPE.get(mime.partition("/")[0], DOCUMENT)


def kind_by_content(mime: str, announced: str) -> str:
    """What a cleaned file is. ``announced`` only tells a voice note from another sound."""
    kind = _BY_TYPE.get(mime.partition("/")[0], DOCUMENT)
    return VOICE if kind == AUDIO and announced == VOICE else kind
