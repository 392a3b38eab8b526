"""A relay that stops cleaning: its manifests say that all is well, and the case page says that it is not."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance import evidence
from appliance.desk import Desk
from relay import evidence as relay_evidence
from sync import metadata
from sync.db import transaction
from sync.messages import Manifest
from sync.metadata import CleanedFile
from tests.appliance.office import START, audited, body, receive
from tests.relay.builders import FakeRelay, Phone, next_item
from tests.telling.corpus import corpus
from tests.webui.world import Visitor

ALARM = "Metadata was found that should have been removed: "


@pytest.fixture
def relay(tmp_path: Path, rng: random.Random) -> FakeRelay:
    return FakeRelay(tmp_path / "relay-side", rng)


def fetched(relay: FakeRelay, name: str) -> Manifest:
    """Sends a file of the corpus to the relay; what it says of it."""
    phone = Phone(relay)
    media = phone.photo(next(file.data for file in corpus() if file.name == name)).event.media
    assert media is not None
    with transaction(relay.conn):
        relay_evidence.queue(relay.conn, relay.keys.newest(), phone.who, media, "document")
    while relay.fetcher.step():
        pass
    item = next_item(relay)
    assert item is not None and item.queued is not None and item.queued.result is not None
    manifest = item.queued.result.manifest
    assert manifest is not None
    return manifest


def page_of(relay: FakeRelay, desk: Desk, visitor: Visitor, manifest: Manifest) -> str:
    """The case page once the box has taken report and file and looked at them."""
    serial = receive(desk, body(1, evidence=(manifest,)))
    desk.config.evidence_folder.mkdir(exist_ok=True)
    sealed = (relay.media / manifest.file_id).read_bytes()
    (desk.config.evidence_folder / manifest.file_id).write_bytes(sealed)
    evidence.arrived(desk.conn, manifest.file_id, START)
    evidence.examine_new(desk, START)
    return visitor.text(f"/cases/{serial}")


def kept_as_it_came(mime: str) -> Callable[..., CleanedFile]:
    """What a weakened relay has in place of its cleaner."""
    return lambda came, *_: CleanedFile(came, mime, ())


FILES = [
    ("baseline.jpg", "image/jpeg", "APP1/Exif"),
    ("voice.ogg", "audio/ogg", "ogg/comments"),
    ("film.mp4", "video/mp4", "mp4/udta"),
    ("drawn.pdf", "application/pdf", "pdf/texts amid the drawing"),
]


@pytest.mark.slow
@pytest.mark.needs("ffmpeg")
@pytest.mark.parametrize(("name", "mime", "told"), FILES)
def test_what_a_relay_lets_through_is_an_alarm_on_the_case_page(
    name: str,
    mime: str,
    told: str,
    relay: FakeRelay,
    desk: Desk,
    supervisor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metadata, "clean_sealed", kept_as_it_came(mime))
    manifest = fetched(relay, name)
    assert manifest.sha256_received == manifest.sha256_kept and manifest.dropped == ()
    supervisor.speak("en")
    page = page_of(relay, desk, supervisor, manifest)
    assert ALARM in page and told in page
    assert ("box", "evidence.metadata", manifest.file_id) in audited(desk)


@pytest.mark.slow
@pytest.mark.needs("ffmpeg")
@pytest.mark.parametrize(("name", "mime", "told"), FILES)
def test_what_was_cleaned_stands_on_the_page_with_both_hashes_its_tool_and_another_name(
    name: str, mime: str, told: str, relay: FakeRelay, desk: Desk, supervisor: Visitor
) -> None:
    manifest = fetched(relay, name)
    assert manifest.sha256_received != manifest.sha256_kept and told in manifest.dropped
    supervisor.speak("en")
    page = page_of(relay, desk, supervisor, manifest)
    assert ALARM not in page and name not in page
    assert all(said in page for said in (manifest.sha256_received, manifest.sha256_kept, manifest.tool, told))
    assert manifest.tool.startswith("satark.metadata/") and manifest.mime == mime
