"""The processes of a relay put together: each thing from where the settings say it lies."""

from pathlib import Path

from relay import config, wsgi
from relay.processes import Relay
from tests.relay.builders import enrol
from tests.stations import FakeClock


def test_the_keys_of_the_day_lie_in_the_runtime_folder_and_nowhere_else(tmp_path: Path) -> None:
    root = enrol(tmp_path / "relay", runtime_dir="../run")
    relay = Relay(config.load(root), FakeClock())
    secret = relay.keys.renew(FakeClock().now).secret
    found = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert [path.parent for path in found] == [tmp_path / "run" / "intake"]


def test_the_process_that_faces_the_internet_asks_for_no_secret_but_its_two(tmp_path: Path) -> None:
    root = enrol(tmp_path / "relay")
    for secret in set(config.SECRETS) - {"app_secret", "verify_token"}:
        (root / "secrets" / secret).unlink()
    assert wsgi.app(str(root), FakeClock()) is not None
