"""Configuration: typed values, and complaints that name the key, what was found and what is wanted."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import config
from sync.config import Broker, Settings
from sync.errors import ConfigError


def settings(**values: Any) -> Settings:
    return Settings(values, "config.toml")


def test_a_file_gives_its_values(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('role = "district"\nhello_every_s = 30\nbroker_tls = false\n', encoding="utf-8")
    read = config.read(path)
    assert read.text("role", one_of=("relay", "district")) == "district"
    assert read.number("hello_every_s") == 30.0
    assert read.flag("broker_tls") is False


def test_defaults_stand_in_for_what_is_missing() -> None:
    nothing = settings()
    assert nothing.text("a", "x") == "x"
    assert nothing.number("b", 2) == 2.0
    assert nothing.flag("c", True) is True
    assert nothing.address("d", "127.0.0.1:80") == ("127.0.0.1", 80)
    assert nothing.path("e", Path("/root"), "media") == Path("/root/media")


@pytest.mark.parametrize("take", ["text", "number", "flag", "address"])
def test_a_missing_value_without_default_is_named(take: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: key is missing, wanted: "):
        getattr(settings(), take)("key")


@pytest.mark.parametrize(
    ("take", "wrong"),
    [
        ("text", 5),
        ("number", "5"),
        ("number", True),
        ("number", float("nan")),
        ("number", -1),
        ("flag", 1),
        ("flag", "yes"),
        ("address", "localhost"),
        ("address", ":80"),
        ("address", "host:"),
        ("address", "host:65536"),
        ("address", "host:-1"),
        ("address", "host:²"),
        ("address", 80),
    ],
)
def test_a_wrong_value_is_named_with_what_was_found(take: str, wrong: object) -> None:
    with pytest.raises(ConfigError, match="key is ") as caught:
        getattr(settings(key=wrong), take)("key")
    assert repr(wrong) in str(caught.value)


def test_a_choice_outside_the_list_is_refused() -> None:
    with pytest.raises(ConfigError, match="role is 'king', wanted: one of relay, district"):
        settings(role="king").text("role", one_of=("relay", "district"))


@given(st.integers(-100, 100), st.integers(-50, 50), st.integers(0, 50))
def test_a_number_is_held_within_its_limits(value: int, least: int, width: int) -> None:
    if least <= value <= least + width:
        assert settings(n=value).number("n", least=least, most=least + width) == value
    else:
        with pytest.raises(ConfigError, match=f"n is {value}, wanted: a number from {least} to"):
            settings(n=value).number("n", least=least, most=least + width)


def test_a_relative_path_is_taken_from_the_root_and_an_absolute_one_stays() -> None:
    assert settings(p="run").path("p", Path("/node")) == Path("/node/run")
    assert settings(p="/run/satark").path("p", Path("/node")) == Path("/run/satark")


def test_a_misspelt_key_is_refused_by_name() -> None:
    settings(undo_s=1).refuse_unknown(frozenset({"undo_s"}))
    with pytest.raises(ConfigError, match="'undoo_s' is no setting of this node"):
        settings(undoo_s=1).refuse_unknown(frozenset({"undo_s"}))


@pytest.mark.parametrize("data", [b"a = ", b"\xff\xfe", b"a = 1\na = 2"])
def test_what_is_not_toml_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="not TOML"):
        config.read(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="satark node enrol"):
        config.read(tmp_path / "config.toml")


@pytest.mark.parametrize("missing", ["broker", "broker_user", "broker_password"])
def test_a_broker_is_known_by_name_and_password_where_it_has_no_tls(missing: str) -> None:
    given = {"broker": "h:1", "broker_tls": False, "broker_user": "n", "broker_password": "hush"}
    assert config.broker(settings(**given), Path("/r")) == Broker("h", 1, user="n", password="hush")
    del given[missing]
    with pytest.raises(ConfigError, match=f"{missing} is missing"):
        config.broker(settings(**given), Path("/r"))


def test_a_broker_is_known_by_certificates_unless_said_otherwise() -> None:
    tls = Path("/r/tls")
    found = config.broker(settings(broker="h:1"), Path("/r"))
    assert found == Broker("h", 1, tls / "ca.pem", tls / "cert.pem", tls / "key.pem")
