"""An office to browse: people of every role, reports in Hindi and English, a picture; and a browser without scripts."""

import re
import secrets
import struct
import zlib
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from appliance import people
from appliance.desk import ROLES, Actor, Desk
from appliance.rangenode import accept
from sync import directory
from sync.clock import hour_of, week_of
from sync.directory import RANGE
from sync.messages import Answer, Cell, Digest, Manifest, ReportBody
from sync.sealing.keys import SigningKey
from tests.appliance.office import DIRECTORY, body, put_file, receive, settings
from webui.app import create_app

PASSWORD = "a long enough password"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
DISPLAYS = {
    "screener": "आशा वर्मा",
    "supervisor": "निरीक्षक बीना यादव",
    "sp": "चंद्र प्रकाश",
    "co": "क्षेत्राधिकारी मिश्र",
    "sho": "थाना प्रभारी सिंह",
    "analyst": "देव",
    "auditor": "लेखा परीक्षक",
    "technician": "तकनीशियन",
    "range": "परिक्षेत्र कक्ष",
}


SITS_FOR = {"co": "CO City", "sho": "SHO JNP-01"}


@dataclass
class Visitor:
    """Somebody at a browser: takes the token of a form from the page it stands on."""

    client: FlaskClient
    base: str = "http://localhost"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(
            path,
            buffered=True,
            base_url=self.base,
            headers={k.replace("_", "-"): v for k, v in headers.items()},
        )

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def token(self) -> str:
        for page in ("/sign-in", "/me/password", "/health", "/sign-in/code", "/sign-in/factor"):
            if found := TOKEN.search(self.get(page).text or ""):
                return found[1]
        raise AssertionError("no page has a form")

    def post(self, path: str, fields: dict[str, str] | None = None) -> TestResponse:
        data = {"csrf_token": self.token(), **(fields or {})}
        return self.client.post(path, base_url=self.base, data=data, headers={"Referer": f"{self.base}/"})

    def speak(self, language: str) -> None:
        assert self.post("/language", {"language": language, "next": "/"}).status_code == 302


class _Compiled(BytecodeCache):
    """Templates that one test has compiled serve the next; jinja compares their source."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept under that name, if its source is still the same."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def site_of(desk: Desk) -> Flask:
    """The application over one desk, for a test's own thread."""
    app = create_app(lambda: desk, desk.clock, desk.config, b"s" * 32)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def somebody(desk: Desk, app: Flask, role: str) -> Visitor:
    """A person of that role, signed in."""
    if role not in {person.name for person in people.everybody(desk)}:
        people.add(desk, role, DISPLAYS[role], role, PASSWORD, SITS_FOR.get(role, ""))
    visitor = Visitor(app.test_client(), "https://localhost" if desk.config.tls else "http://localhost")
    with visitor.client.session_transaction(base_url=visitor.base) as session:
        session["login"] = people.begin(desk, Actor(role, DISPLAYS[role], role))
    return visitor


def without_tls(desk: Desk) -> Desk:
    """The desk of a box that stands behind something else that does TLS, or of a demo."""
    return replace(desk, config=replace(desk.config, tls=False))


@cache
def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG of a road between fields at dusk."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            on_road = y > height // 2 and abs(x - width // 2) < (y - height // 2) // 2 + 6
            sky = (230 - y, 190 - y // 2, 150 + y // 4)
            field = (70 + x % 30, 110 + y % 40, 60)
            rows += bytes((90, 90, 95) if on_road else sky if y < height // 2 else field)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND")
    )


def _chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def photo(content: bytes, number: int = 1) -> Manifest:
    """The manifest of a photo that lost its Exif block on the way."""
    digest = sha256(content).hexdigest()
    key = bytes([number]) * 32
    return Manifest(
        f"{number:032x}",
        "photo",
        "image/png",
        len(content),
        "ab" * 32,
        digest,
        "5" * 64,
        key,
        ("eXIf",),
        "satark 1",
    )


def with_photo(desk: Desk, number: int, **changes: object) -> tuple[str, Manifest, bytes]:
    """A report with a photo that has arrived: its serial, the photo's manifest and bytes."""
    content = picture()
    manifest = photo(content, number)
    serial = receive(desk, body(number, evidence=(manifest,), **changes))
    put_file(desk, content, manifest)
    desk.conn.execute("update evidence set state='here' where file_id=?", (manifest.file_id,))
    return serial, manifest, content


def uncover(visitor: Visitor, file_id: str, reason: str = "screening", note: str = "") -> TestResponse:
    """Says why a file is needed."""
    return visitor.post(f"/evidence/{file_id}/look", {"reason": reason, "note": note})


STORIES = (
    ("liquor", "JNP-01", "नदी के पुल के पास हर शाम कच्ची शराब बिकती है।", "पुराने पुल के नीचे, मंदिर की तरफ"),
    ("drugs", "JNP-02", "स्कूल के पीछे दो लड़के पुड़िया बेचते हैं, सफेद स्कूटी से आते हैं।", "इंटर कॉलेज के पीछे की गली"),
    ("arms", "JNP-01", "बंद पड़ी आटा चक्की में तमंचे बनाए जाते हैं।", "चक्की, बाईपास से पहले"),
    ("gambling", "JNP-02", "चाय की दुकान के ऊपर रोज़ जुआ चलता है।", "लाइन बाजार चौराहा"),
    ("mining", "JNP-01", "रात में ट्रैक्टर से बालू निकाली जा रही है।", "घाट के पास"),
    ("cattle", "JNP-02", "ट्रक में पशु भरकर ले जाए जा रहे हैं।", "टोल से दो किलोमीटर पहले"),
    ("women_child", "JNP-01", "बस स्टैंड पर लड़कियों को रोज़ परेशान किया जाता है।", "बस स्टैंड, पूर्वी गेट"),
)


def story(number: int, at: float) -> ReportBody:
    """One of a few invented reports in Hindi."""
    category, thana, text, place = STORIES[number % len(STORIES)]
    return body(
        number,
        category=category,
        thana=thana,
        language="hi",
        text=text,
        place=place,
        answers=(
            Answer("what", "" if category != "drugs" else "ganja", text if category != "drugs" else ""),
        ),
        hour=hour_of(at) - 1,
        happening_now=number % 7 == 5,
        fear="yes" if number % 5 == 1 else "no",
        contact="none" if number % 6 == 4 else "push",
    )


def make_root(root: Path, role: str, lan_names: str = "") -> Path:
    """A box's root folder as enrolment leaves it: configuration, signed directory, keys."""
    authority = SigningKey.generate()
    (root / "keys").mkdir(parents=True)
    settings(root, role)
    text = (root / "config.toml").read_text(encoding="utf-8").replace("n0000000b", _node(role))
    (root / "config.toml").write_text(f'{text}\ntls = false\nlan_names = "{lan_names}"\n', encoding="utf-8")
    (root / "directory.json").write_bytes(directory.sign(DIRECTORY, authority))
    (root / "authority.pub").write_text(authority.public.raw.hex(), encoding="ascii")
    for name in ("field.key", "web.key"):
        (root / "keys" / name).write_bytes(secrets.token_bytes(32))
    return root


def _node(role: str) -> str:
    return "n0000000c" if role == RANGE else "n0000000b"


def fill_people(desk: Desk) -> None:
    """One person of each role; the name is the role."""
    for role in ROLES:
        people.add(desk, role, DISPLAYS[role], role, PASSWORD, SITS_FOR.get(role, ""))


def tell_range(desk: Desk, now: float) -> None:
    """Counts of the district's box, as its digests would bring them."""
    conn = accept.open_range(desk.config.range_db)
    week = week_of(now)
    cells = [
        Cell("JNP", "JNP-01", category, week - back, status, 3 + (back * 5 + len(category)) % 7)
        for back in range(9)
        for category, status in (("liquor", "closed"), ("drugs", "assigned"), ("arms", "received"))
    ]
    accept.accept(conn, "n0000000b", Digest(1, "e1", 0, tuple(cells)), now)
    accept.contact(conn, "n0000000b", now - 120)
    conn.close()
