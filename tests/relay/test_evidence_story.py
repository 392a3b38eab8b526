"""Voice, film, sound and PDF through a whole conversation, into the report that the box will open."""

import pytest

from relay.events import Event, MediaRef
from tests.relay.builders import FROM_EVIDENCE, NUMBER, TO_EVIDENCE, FakeRelay, Phone, forms
from tests.relay.test_evidence import AMR, PDF
from tests.sync import planted


def send(relay: FakeRelay, phone: Phone, kind: str, mime: str, data: bytes) -> None:
    """Sends a file and waits until it is fetched."""
    media_id = f"media{phone.written}"
    relay.whatsapp.files[media_id] = data
    media = MediaRef(media_id, mime, "", "", kind == "voice")
    relay.put(phone.update(Event(kind, "100", phone.who, int(relay.now) + phone.written, media=media)))
    relay.run()


@pytest.mark.slow
@pytest.mark.needs("ffmpeg", "exiftool")
def test_every_kind_is_part_of_the_report_and_a_kind_that_is_not_taken_stops_nothing(
    relay: FakeRelay, phone: Phone
) -> None:
    phone.do(*TO_EVIDENCE)
    send(relay, phone, "voice", "audio/ogg; codecs=opus", planted.played("voice.ogg"))
    send(relay, phone, "video", "video/mp4", planted.played("film.mp4"))
    send(relay, phone, "document", "application/pdf", PDF)
    send(relay, phone, "audio", "audio/amr", AMR)
    send(relay, phone, "document", "application/zip", b"PK\3\4")
    send(relay, phone, "video", "video/mp4", planted.played("film.mp4")[:-2000])
    relay.told_time.now += 60
    relay.run()
    phone.do(*FROM_EVIDENCE)
    (held,) = relay.held()
    assert [file.kind for file in held.body.evidence] == ["voice", "video", "document", "audio"]
    assert held.body.missing_evidence == 1
    assert sorted(path.name for path in relay.media.iterdir()) == sorted(
        f.file_id for f in held.body.evidence
    )
    assert not any(form in relay.disk() for form in forms(NUMBER.encode()))
    assert len(relay.whatsapp.deleted) == 5
