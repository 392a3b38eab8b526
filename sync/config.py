"""Reads a node's ``config.toml`` into typed values; every complaint names the key, what was found, what is wanted."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.errors import ConfigError


@dataclass(frozen=True)
class Settings:
    """Values of one configuration file by key, each taken with its type and checked once."""

    values: Mapping[str, Any]
    source: str

    def text(self, key: str, default: str | None = None, *, one_of: tuple[str, ...] = ()) -> str:
        """A string; with ``one_of``, one of those."""
        value = self._take(key, str, default, "text")
        if one_of and value not in one_of:
            raise self._wrong(key, value, "one of " + ", ".join(one_of))
        return str(value)

    def secret(self, key: str, default: str | None = None) -> str:
        """A string that no complaint repeats."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise ConfigError(f"{self.source}: {key} is missing or not in quotes, wanted: text")
        return value

    def number(
        self, key: str, default: float | None = None, *, least: float = 0, most: float = 1e12
    ) -> float:
        """A number between ``least`` and ``most``."""
        value = self._take(key, (int, float), default, "a number")
        if isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(key, value, f"a number from {least:g} to {most:g}")
        return float(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        return bool(self._take(key, bool, default, "true or false"))

    def path(self, key: str, root: Path, default: str | None = None) -> Path:
        """A path; a relative one is taken from the node's root folder."""
        return root / self.text(key, default)

    def address(self, key: str, default: str | None = None) -> tuple[str, int]:
        """``host:port``."""
        value = self.text(key, default)
        host, _, port = value.rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
            raise self._wrong(key, value, "host:port")
        return host, int(port)

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """Raises ConfigError on a key nobody reads: most likely a misspelt one."""
        if unknown := sorted(set(self.values) - known):
            raise ConfigError(
                f"{self.source}: {unknown[0]!r} is no setting of this node", hint="Check its spelling"
            )

    def _take(self, key: str, kind: Any, default: Any, wanted: str) -> Any:
        value = self.values.get(key, default)
        if value is None:
            raise ConfigError(f"{self.source}: {key} is missing, wanted: {wanted}")
        if not isinstance(value, kind):
            raise self._wrong(key, value, wanted)
        return value

    def _wrong(self, key: str, found: object, wanted: str) -> ConfigError:
        return ConfigError(f"{self.source}: {key} is {found!r}, wanted: {wanted}")


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how this node shows who it is: a certificate, or (demo) a name and a password."""

    host: str
    port: int
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Secrets:
    """Secrets in files of their own, each read when it is asked for: a process holds those it asks for, and no other.

    ``folder``: of the node. ``handed_over``: where systemd gives this one process its own; looked at first.
    """

    folder: Path
    handed_over: Path | None = None

    @classmethod
    def of(cls, root: Path) -> "Secrets":
        """Those of the node under ``root``."""
        given = os.environ.get("CREDENTIALS_DIRECTORY", "")
        return cls(root / SECRETS_FOLDER, Path(given) if given else None)

    def text(self, name: str) -> str:
        """One secret; raises ConfigError naming its file when it is missing, empty or closed to this process."""
        path = self._path(name)
        try:
            found = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise ConfigError(f"{path} is not there, wanted: a file with the {name} in it") from error
        except PermissionError as error:
            raise ConfigError(
                f"{path} is closed to this process", hint="systemd-tmpfiles --create"
            ) from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is no text") from error
        if not found:
            raise ConfigError(f"{path} is empty, wanted: the {name}")
        return found

    def _path(self, name: str) -> Path:
        if self.handed_over is not None and (self.handed_over / name).exists():
            return self.handed_over / name
        return self.folder / name


SECRETS_FOLDER = "secrets"
BROKER_SETTINGS = frozenset(("broker", "broker_tls", "broker_user", "broker_password"))


def broker(settings: Settings, root: Path, password: str | None = None) -> Broker:
    """The broker of the node under ``root``, by BROKER_SETTINGS; raises ConfigError naming the wrong one.

    ``password``: taken in place of the setting, where that is no setting.
    """
    host, port = settings.address("broker")
    if settings.flag("broker_tls", True):
        tls = root / "tls"
        return Broker(host, port, tls / "ca.pem", tls / "cert.pem", tls / "key.pem")
    told = settings.secret("broker_password") if password is None else password
    return Broker(host, port, user=settings.text("broker_user"), password=told)


def read(path: Path) -> Settings:
    """Reads a TOML file; raises ConfigError when it is missing or not TOML."""
    try:
        return Settings(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} is not there", hint="Enrol this node first: satark node enrol") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML ({error})") from error
