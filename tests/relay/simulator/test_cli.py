"""The simulator as a process of its own."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import relay.simulator
from relay.simulator.client import Phone, call
from tests.relay.simulator.conftest import LINE, SECRET, TOKEN, VERIFY, Graph, Sink

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


def test_the_process_serves_until_told_to_stop(sink: Sink, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "relay.simulator", "--webhook-url", sink.url, "--app-secret", SECRET]
    command += ["--verify-token", VERIFY, "--access-token", TOKEN, "--phone-number-id", LINE]
    command += ["--no-statuses", "--port-file", str(tmp_path / "port")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert json.loads((tmp_path / "port").read_text(encoding="utf-8")) == ready
        phone = Phone.create(ready["base_url"], "A")
        assert phone.say("Hi")["webhook"]["answers"] == [200]
        assert Graph(ready["base_url"]).code(phone.number) == 0
        assert call(ready["base_url"], "/sim/handshake", {})["ok"]
        process.terminate()
        assert process.wait(10) == 0


def test_it_imports_nothing_of_ours() -> None:
    ours = ("sync", "appliance", "webui", "provisioning", "relay")
    for path in Path(relay.simulator.__path__[0]).glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
        named |= {
            alias.name for each in ast.walk(tree) if isinstance(each, ast.Import) for alias in each.names
        }
        foreign = {
            name for name in named if name.split(".")[0] in ours and not name.startswith("relay.simulator")
        }
        assert not foreign, path
        assert path.name != "client.py" or not any(name.startswith("relay") for name in named)
