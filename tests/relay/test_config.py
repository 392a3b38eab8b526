"""The relay's settings: typed, with defaults, and every complaint names key, found and wanted."""

from pathlib import Path

import pytest

from relay import config
from sync.errors import ConfigError
from tests.relay.builders import SETTINGS, toml


def _load(root: Path, **changes: object) -> config.RelayConfig:
    kept = {key: value for key, value in (SETTINGS | changes).items() if value is not None}
    (root / "config.toml").write_text(toml(kept), encoding="utf-8")
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


@pytest.mark.parametrize("key", ["app_secret", "verify_token", "graph_token"])
def test_a_secret_is_repeated_by_no_complaint(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=f"{key} is missing or not in quotes") as caught:
        _load(tmp_path, **{key: 31337})
    assert "31337" not in str(caught.value)


@pytest.mark.parametrize(
    "key",
    [
        "node_id",
        "role",
        "broker",
        "app_secret",
        "verify_token",
        "graph_token",
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
