from pathlib import Path

import pytest

from appliance import config
from appliance.desk import open_desk
from sync.errors import ConfigError
from tests.appliance.office import CONFIG, DIRECTORY, Watch, enrolled


def load(root: Path, text: str) -> config.BoxConfig:
    (root / "config.toml").write_text(text, encoding="utf-8")
    return config.load(root)


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    loaded = load(tmp_path, CONFIG)
    assert (loaded.listen, loaded.tls, loaded.digest_every_s) == (("0.0.0.0", 8443), True, 300)
    assert (loaded.broker.host, loaded.broker.port, loaded.broker.key) == (
        "127.0.0.1",
        1883,
        tmp_path / "tls/key.pem",
    )
    assert loaded.box_db == tmp_path / "box.db"


def test_names_are_split_and_the_password_is_not_shown(tmp_path: Path) -> None:
    more = (
        'lan_names = "box.lan, 10.0.0.5"\nbroker_tls = false\nbroker_user = "n"\nbroker_password = "hush"\n'
    )
    loaded = load(tmp_path, CONFIG + more)
    assert loaded.lan_names == ("box.lan", "10.0.0.5")
    assert loaded.broker.password == "hush"
    assert "hush" not in repr(loaded)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('role = "relay"', "role"),
        ("digest_every_s = 0", "digest_every_s"),
        ('listen = "8443"', "host:port"),
        ("digest_evry_s = 9", "'digest_evry_s' is no setting"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, why: str) -> None:
    text = CONFIG.replace('role = "district"\n', "") if line.startswith("role") else CONFIG
    with pytest.raises(ConfigError, match=why):
        load(tmp_path, f"{text}{line}\n")


def test_a_desk_opens_on_an_enrolled_root(tmp_path: Path) -> None:
    desk = open_desk(enrolled(tmp_path), Watch())
    assert desk.directory == DIRECTORY
    assert len(desk.new_id()) == 32


@pytest.mark.parametrize("key", [b"", b"f" * 31])
def test_a_field_key_that_is_none_is_refused(tmp_path: Path, key: bytes) -> None:
    root = enrolled(tmp_path)
    (root / "keys" / "field.key").write_bytes(key)
    with pytest.raises(ConfigError, match=r"field\.key"):
        open_desk(root, Watch())
    (root / "keys" / "field.key").unlink()
    with pytest.raises(ConfigError, match="not there"):
        open_desk(root, Watch())


def test_a_fault_point_that_is_none_is_refused(tmp_path: Path) -> None:
    assert load(tmp_path, CONFIG + 'fault_point = "key-erased"\n').fault_point == "key-erased"
    with pytest.raises(ConfigError, match="fault_point"):
        load(tmp_path, CONFIG + 'fault_point = "key-erasd"\n')
