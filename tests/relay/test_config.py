"""The relay's settings: typed, with defaults, and every complaint names key, found and wanted."""

from pathlib import Path

import pytest

from relay import config
from relay.processes import Relay
from sync.errors import ConfigError
from tests.relay.builders import SETTINGS, write_settings


def _load(root: Path, **changes: object) -> config.RelayConfig:
    kept = {key: value for key, value in (SETTINGS | changes).items() if value is not None}
    write_settings(root, kept)
    return config.load(root)


def test_what_is_not_set_has_the_defaults_of_the_design(tmp_path: Path) -> None:
    found = _load(tmp_path)
    assert (found.undo_s, found.jitter_max_s, found.file_wait_s) == (300, 1800, 300)
    assert (found.reply_delay_min_s, found.reply_delay_max_s, found.quiet_hours) == (300, 3600, (21, 8))
    assert (found.listen, found.graph_version) == (("127.0.0.1", 8080), "v26.0")
    assert (found.retry.base_s, found.retry.cap_s, found.hello_every_s) == (2, 300, 60)


def test_the_template_that_asks_for_word_can_be_renamed(tmp_path: Path) -> None:
    assert _load(tmp_path).update_template == "satark_update"
    assert _load(tmp_path, update_template="up_police_news").update_template == "up_police_news"


def test_folders_are_taken_from_the_root_unless_they_say_otherwise(tmp_path: Path) -> None:
    assert _load(tmp_path, runtime_dir="/run/satark").runtime_dir == Path("/run/satark")
    assert _load(tmp_path, epoch_store="keys").epoch_store == tmp_path / "keys"


@pytest.mark.parametrize(
    ("value", "hours"), [("", None), ("21-8", (21, 8)), ("0-6", (0, 6)), ("22-23", (22, 23))]
)
def test_quiet_hours_are_a_pair_or_none(tmp_path: Path, value: str, hours: tuple[int, int] | None) -> None:
    assert _load(tmp_path, quiet_hours=value).quiet_hours == hours


def test_with_tls_the_certificates_lie_in_the_root(tmp_path: Path) -> None:
    broker = _load(tmp_path, broker_tls=True, broker_user=None, broker_password=None).broker
    assert (broker.host, broker.port, broker.user) == ("127.0.0.1", 1883, "")
    assert (broker.ca, broker.key) == (tmp_path / "tls" / "ca.pem", tmp_path / "tls" / "key.pem")


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("role", "district", "one of relay"),
        ("broker", "localhost", "host:port"),
        ("broker_tls", "yes", "true or false"),
        ("undo_s", -1, "a number from 0"),
        ("jitter_max_s", "soon", "a number"),
        ("hello_every_s", 0, "a number from 0.1"),
        ("settled_every_s", True, "a number"),
        ("listen", "127.0.0.1:99999", "host:port"),
        ("quiet_hours", "9pm-8am", "another pair of hours"),
        ("quiet_hours", "21-24", "another pair of hours"),
        ("quiet_hours", "21", "another pair of hours"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_wanted(
    tmp_path: Path, key: str, value: object, wanted: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, **{key: value})
    assert f"{key} is {value!r}" in str(caught.value) and wanted in str(caught.value)


@pytest.mark.parametrize("name", config.SECRETS)
def test_a_secret_is_no_setting_and_the_way_out_is_said(tmp_path: Path, name: str) -> None:
    _load(tmp_path)
    path = tmp_path / "config.toml"
    path.write_text(path.read_text() + f'{name} = "canary-31337"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="satark node move-secrets") as caught:
        config.load(tmp_path)
    assert name in str(caught.value) and "31337" not in str(caught.value)


def test_settings_hold_no_secret_until_one_is_asked_for(tmp_path: Path) -> None:
    found = _load(tmp_path, graph_token="canary-31337", broker_password="canary-31338")
    assert "canary" not in repr(found)
    assert found.secrets.text("graph_token") == "canary-31337"


@pytest.mark.parametrize(
    "key",
    [
        "node_id",
        "role",
        "broker",
        "phone_number_id",
        "epoch_store",
    ],
)
def test_a_missing_value_is_named(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=f"{key} is missing"):
        _load(tmp_path, **{key: None})


def test_a_misspelt_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'undo_sec' is no setting of this node"):
        _load(tmp_path, undo_sec=5)


def test_a_node_that_was_not_enrolled_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="satark node enrol"):
        config.load(tmp_path)


def test_the_password_at_the_broker_is_read_for_the_line_alone(tmp_path: Path) -> None:
    found = _load(tmp_path, broker_password="canary-31338")
    assert found.broker.password == ""
    assert Relay(found).broker().password == "canary-31338"
    (tmp_path / "secrets" / "broker_password").unlink()
    with pytest.raises(ConfigError, match="broker_password is not there"):
        Relay(found).broker()


def test_a_fault_point_that_is_none_is_refused(tmp_path: Path) -> None:
    assert _load(tmp_path, fault_point="answer-sent").fault_point == "answer-sent"
    with pytest.raises(ConfigError, match="fault_point"):
        _load(tmp_path, fault_point="answer-snet")
