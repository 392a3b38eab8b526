"""Headers, cookies, errors, vendored files and translations."""

import json
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import UndefinedError

import webui
from appliance import config as box_config
from appliance.desk import Desk
from appliance.errors import BriefRefused
from sync.directory import DISTRICT
from sync.errors import ConfigError
from tests.appliance.office import open_office
from tests.webui.world import Visitor, make_root, site_of, somebody
from webui.app import from_root
from webui.cli import gunicorn_arguments
from webui.headers import CONTENT_POLICY

HERE = Path(webui.__file__).parent
VENDOR = HERE / "static" / "vendor"
WORDS = HERE / "translations" / "hi" / "LC_MESSAGES"


def test_every_page_carries_the_headers(supervisor: Visitor) -> None:
    for path in ("/cases", "/sign-in", "/nowhere", "/static/app.css", "/pulse"):
        headers = supervisor.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "Strict-Transport-Security" not in headers
        assert path.startswith("/static") or headers["Cache-Control"] == "no-store"


def test_pages_hold_nothing_that_the_policy_forbids(supervisor: Visitor) -> None:
    text = supervisor.text("/cases") + supervisor.text("/health")
    assert "<script>" not in text
    assert " style=" not in text
    assert " onclick=" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_with_tls_the_cookie_belongs_to_this_host_alone(tmp_path: Path, desk: Desk) -> None:
    office = replace(desk, config=replace(desk.config, tls=True))
    visitor = somebody(office, site_of(office), "supervisor")
    answer = visitor.get("/cases")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = visitor.post("/language", {"language": "en"}).headers["Set-Cookie"]
    assert cookie.startswith("__Host-satark=")
    assert "Domain" not in cookie
    for wanted in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert wanted in cookie


def test_with_tls_a_form_of_another_site_is_refused(desk: Desk) -> None:
    office = replace(desk, config=replace(desk.config, tls=True))
    visitor = somebody(office, site_of(office), "supervisor")
    data = {"csrf_token": visitor.token()}
    answer = visitor.client.post(
        "/sign-out", base_url=visitor.base, data=data, headers={"Referer": "https://evil.example/"}
    )
    assert answer.status_code == 400


def test_files_named_by_their_content_may_be_kept(supervisor: Visitor) -> None:
    text = supervisor.text("/cases")
    (address,) = [part.split('"')[0] for part in text.split('href="') if part.startswith("/static/app.css")]
    assert supervisor.get(address).headers["Cache-Control"].endswith("immutable")
    assert supervisor.get("/static/app.css").headers["Cache-Control"] == "no-cache"


def test_a_fault_of_ours_has_a_page_that_says_nothing_of_it(desk: Desk, supervisor: Visitor) -> None:
    desk.conn.execute("drop table case_file")
    answer = supervisor.get("/cases")
    assert answer.status_code == 500
    assert "कुछ भी खोया नहीं है" in answer.text
    assert "case_file" not in answer.text


@pytest.mark.parametrize(
    "source", ["{{ config }}", "{{ session }}", "{{ request }}", "{{ g }}", "{{ misspelt }}"]
)
def test_templates_name_only_what_they_are_given(app: Flask, source: str) -> None:
    with pytest.raises(UndefinedError):
        app.jinja_env.from_string(source).render()


def test_wrong_methods_have_a_page(supervisor: Visitor) -> None:
    answer = supervisor.post("/cases")
    assert answer.status_code == 405
    assert 'class="card"' in answer.text


def test_vendored_files_are_those_of_the_lock() -> None:
    lock = json.loads((VENDOR / "vendor.lock.json").read_text(encoding="utf-8"))
    locked = {name: digest for package in lock["packages"] for name, digest in package["files"].items()}
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    del files["vendor.lock.json"]
    assert {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == locked
    assert all(package["integrity"].startswith("sha512-") for package in lock["packages"])


def test_every_word_is_translated_and_compiled() -> None:
    sources = extract_from_dir(
        str(HERE),
        method_map=[("templates/**.html", "jinja2"), ("**.py", "python")],
        keywords={"_": None, "gettext": None, "lazy_gettext": None},
    )
    with (WORDS / "messages.po").open("rb") as file:
        catalog = read_po(BytesIO(file.read()), locale="hi")
    written = {m.id: m.string for m in catalog if m.id and not m.fuzzy}
    assert set(written) == {message for _, _, message, _, _ in sources}
    assert [message for message, words in written.items() if not words] == []
    with (WORDS / "messages.mo").open("rb") as file:
        compiled = {m.id: m.string for m in read_mo(file) if m.id}
    assert compiled == written


def test_placeholders_survive_translation() -> None:
    with (WORDS / "messages.po").open("rb") as file:
        faults = [error for message in read_po(file, locale="hi") for error in message.check()]
    assert faults == []


def test_a_real_root_folder_makes_an_application(tmp_path: Path) -> None:
    app = from_root(str(make_root(tmp_path / "box", DISTRICT)))
    assert app.test_client().get("/sign-in").status_code == 200


def test_a_root_without_its_key_is_refused_with_advice(tmp_path: Path) -> None:
    root = make_root(tmp_path / "box", DISTRICT)
    (root / "keys" / "web.key").unlink()
    with pytest.raises(ConfigError, match=r"web\.key is not there\. Enrol this node"):
        from_root(str(root))


def test_gunicorn_speaks_tls_and_writes_no_addresses(tmp_path: Path) -> None:
    box = replace(open_office(tmp_path, lambda: 0.0).config, tls=True)
    arguments = gunicorn_arguments(tmp_path, box)
    assert arguments[:2] == ["--bind", "0.0.0.0:8443"]
    assert "--no-control-socket" in arguments
    assert not any("access-log" in argument for argument in arguments)
    assert arguments[arguments.index("--certfile") + 1] == str(tmp_path / "tls/lan.pem")
    assert "--certfile" not in gunicorn_arguments(tmp_path, replace(box, tls=False))
    assert box_config.load(make_root(tmp_path / "plain", DISTRICT)).tls is False


def test_a_brief_that_may_not_leave_is_told_kindly_wherever_it_happens(desk: Desk, app: Flask) -> None:
    def refuse() -> str:
        raise BriefRefused("secret")

    app.add_url_rule("/refused", view_func=refuse)
    answer = somebody(desk, app, "supervisor").get("/refused")
    assert answer.status_code == 409 and "यह संक्षिप्त जानकारी बाहर नहीं जा सकती" in answer.text
