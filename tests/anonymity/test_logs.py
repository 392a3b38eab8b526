"""Error paths with somebody's words, number, receipt and keys in them: none of it is ever written down."""

import hmac
import logging
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from appliance import reports
from relay import webhook
from relay.cli import relay as relay_commands
from relay.webhook import SIGNATURE, WebhookSettings
from relay.whatsapp import WhatsApp
from sync import topics
from sync.link import Arrival
from tests.anonymity.conftest import MakeTown
from tests.anonymity.encodings import Forms, find, forms_of_id, forms_of_number, forms_of_text
from tests.anonymity.stories import Story, Teller, Who, answer_all
from tests.anonymity.town import Town
from tests.anonymity.views import dump
from webui.cli import web as box_web

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check

ROOT = Path(__file__).parents[2]
WORDS = "kumud-talab ke paas 7731"
WHO = Who("919812345678", "IN.4711082930561742", "Ashavati Planted")
STORY = Story(1, "drugs", "no", "push", 1)
SAYS_ALL = f"{WHO.number} {WHO.bsuid} {WHO.name} said {WORDS}"
KNOWN: Forms = {
    **forms_of_number(WHO.number),
    **forms_of_id(WHO.bsuid),
    **forms_of_text(WHO.name),
    **forms_of_text(WORDS),
}

Written = Callable[[], bytes]


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Written:
    """Everything written since it was asked last: log records of any level with their traces, stdout, stderr."""
    caplog.set_level(logging.DEBUG)

    def take() -> bytes:
        said = capfd.readouterr()
        text = caplog.text + said.out + said.err
        caplog.clear()
        return text.encode()

    return take


@pytest.fixture
def town(make_town: MakeTown) -> Town:
    return make_town("logs")


def assert_silent(text: bytes, *secrets: bytes) -> None:
    """Something was written, but nothing of the person, nor the words, nor these secrets."""
    forms = {**KNOWN, **dict.fromkeys(secrets, "a secret")}
    forms |= {form: "a secret" for secret in secrets for form in forms_of_text(secret.hex())}
    assert text.strip()
    assert find(text, forms) == []


def fails(*_: object, **__: object) -> None:
    """Any function of ours, failing with everything it knows in its words."""
    raise ValueError(SAYS_ALL)


def told_half(town: Town) -> Teller:
    """Somebody in the middle of the conversation."""
    teller = Teller(town, WHO, STORY)
    teller.write("Hi")
    for _ in range(4):
        teller.answer()
    return teller


def test_the_check_notices_a_line_that_says_too_much(written: Written) -> None:
    logging.getLogger("relay.intake").warning("took %s", SAYS_ALL)
    with pytest.raises(AssertionError):
        assert_silent(written())


def test_the_webhook(written: Written, town: Town) -> None:
    client = webhook.create_app(WebhookSettings(b"secret", "word"), fails, town.clock).test_client()
    body = Teller(town, WHO, STORY).webhook({"type": "text", "text": {"body": WORDS}})
    signed = "sha256=" + hmac.new(b"secret", body, "sha256").hexdigest()
    for header, status in ((signed, 503), ("sha256=0", 403), (WHO.number, 403)):
        assert client.post("/webhook", data=body, headers={SIGNATURE: header}).status_code == status
    assert client.get(f"/{WHO.number}?{WORDS}").status_code == 404
    assert_silent(written())


def test_a_step_of_the_conversation(written: Written, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    teller = told_half(town)
    monkeypatch.setattr("relay.intake.engine.advance", fails)
    teller.write(WORDS)
    town.clock.now += 20 * 3600
    town.deliver([], "nobody")  # wakes the draft
    text = written()
    assert b"set aside: ValueError" in text and b"not woken: ValueError" in text
    assert_silent(text)


def answers_badly(request: httpx.Request) -> httpx.Response:
    """WhatsApp, quoting in its errors what was sent to it, as it does."""
    if request.url.path.endswith("/messages"):
        quoted = {"message": SAYS_ALL, "code": 131026, "error_data": {"details": request.content.decode()}}
        return httpx.Response(400, json={"error": quoted})
    raise httpx.ConnectError(f"{request.url} {SAYS_ALL}")


def badly(town: Town) -> WhatsApp:
    """A real client of that WhatsApp; every sender and fetcher of the town uses it."""
    client = WhatsApp(
        "http://127.0.0.1:9", "v26.0", "token", "1", transport=httpx.MockTransport(answers_badly)
    )
    for user in (town.sender, town.fetcher, town.reply_sender):
        user._client = client
    town.fetcher._taker = replace(town.fetcher._taker, client=client)
    return client


def test_a_message_and_a_photo_that_whatsapp_refuses(written: Written, town: Town) -> None:
    teller = told_half(town)
    badly(town)
    teller.write(WORDS)
    teller.photo("clean.jpg")
    text = written()
    assert b"not sent" in text and b"not taken" in text
    assert_silent(text)


def test_an_answer_that_whatsapp_refuses(written: Written, town: Town) -> None:
    Teller(town, WHO, STORY).tell()
    town.release()
    secrets = [row[1] for row in dump(town.boxes["jaunpur"].databases["keys.db"])["report_key"]]
    badly(town)
    answer_all(town)
    town.send_replies()
    text = written()
    assert b"an answer was not sent" in text and secrets
    assert_silent(text, *secrets)


def test_a_report_that_the_box_cannot_take(
    written: Written, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = Teller(town, WHO, STORY)
    receipt = teller.tell()
    monkeypatch.setattr(reports, "add", fails)
    town.release()
    text = written()
    assert b"a report was set aside: ValueError" in text
    assert_silent(text, receipt.encode())


def test_frames_that_were_altered(written: Written, town: Town) -> None:
    teller = Teller(town, WHO, STORY)
    teller.tell()
    town.release()
    box = town.boxes["jaunpur"]
    topic = topics.topic(town.node("jaunpur"), town.node("relay"))
    for passed in [one for one in town.passed if one.topic == topic]:
        for at in (0, 4, 300, 1200, 3000):
            frame = bytearray(passed.frame)
            frame[at] ^= 1
            box.line.accept([Arrival(topic, bytes(frame))])
    text = written()
    assert b"a frame was refused" in text
    assert_silent(text, *[row[1] for row in dump(box.databases["keys.db"])["report_key"]])


def commands(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the relay's and a box's web processes become."""
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _path, command: started.append(command))
    for web, seat in ((relay_commands.commands["web"], "relay"), (box_web, "jaunpur")):
        result = CliRunner().invoke(web, ["--root", str(town.root(seat))], catch_exceptions=False)
        assert result.exit_code == 0
    return {"relay": started[0], "box": started[1]}


def settings_of(command: list[str], *more: str) -> dict[str, str]:
    """What gunicorn makes of a command line, and of what else it reads where it starts."""
    asked = [*command[:-1], *more, "--print-config", command[-1]]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=60, cwd=ROOT, check=True).stdout
    return {
        name.strip(): value.strip() for name, _, value in (line.partition("=") for line in told.splitlines())
    }


def test_the_web_servers_write_no_access_log(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made = commands(town, monkeypatch)
    town.close()
    for command in made.values():
        settings = settings_of(command)
        assert {settings[name] for name in ("accesslog", "logconfig", "statsd_host")} == {"None"}
        assert {settings[name] for name in ("capture_output", "syslog", "enable_stdio_inheritance")} == {
            "False"
        }
        assert settings["loglevel"] in ("info", "warning")
    assert settings_of(made["box"], "--access-logfile", "-")["accesslog"] == "-"
