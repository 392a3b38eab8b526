"""How a key of the epoch store lies in its file: as it is, or wrapped so that one machine's TPM alone opens it.

The only module that calls ``systemd-creds``. What the second kind is worth, and what not:
``docs/decisions/0015-epoch-store-kinds.md``.
"""

import subprocess
import threading
from pathlib import Path
from typing import Protocol

from sync.errors import ConfigError, Unavailable
from sync.sealing import locks

PROGRAM = Path("/usr/bin/systemd-creds")
TIMEOUT_S = 60.0
ANY_DEVICE = "auto"
# Bound to no state of the machine: the one that systemd takes by itself changes with the firmware's lists, and every
# key would be gone. Version 252 cannot open what is bound to none at all.
_PCRS = "16"
_LONGEST_WORD = 200


class Wrapping(Protocol):
    """``name`` is of the file: what was wrapped under one name does not open under another."""

    def wrap(self, name: str, secret: bytes) -> bytes:
        """What to write."""

    def unwrap(self, name: str, blob: bytes) -> bytes:
        """What was wrapped; raises ConfigError or Unavailable."""


class Plain:
    """As it is: for a store on a volume of its own."""

    def wrap(self, name: str, secret: bytes) -> bytes:
        """The secret."""
        del name
        return secret

    def unwrap(self, name: str, blob: bytes) -> bytes:
        """The secret; raises ConfigError on what is no key."""
        if len(blob) != locks.KEY_BYTES:
            raise ConfigError(
                f"{name} in the epoch store is no plain key",
                hint='Was it made with epoch_store_wrap = "tpm"? Then set it again',
            )
        return blob


class Tpm:
    """A credential of systemd under a key that this machine's TPM does not give away."""

    def __init__(self, device: str = ANY_DEVICE, program: Path = PROGRAM) -> None:
        """``device``: as ``systemd-creds --tpm2-device`` takes it."""
        self._device, self._program = device, program
        self._turn = threading.Lock()

    def wrap(self, name: str, secret: bytes) -> bytes:
        """A credential; raises Unavailable where no TPM makes one."""
        return self._call("encrypt", name, secret, "--with-key=tpm2", f"--tpm2-pcrs={_PCRS}")

    def unwrap(self, name: str, blob: bytes) -> bytes:
        """The secret of a credential of that name; raises ConfigError on a plain key, Unavailable on another TPM's."""
        if len(blob) == locks.KEY_BYTES:
            raise ConfigError(
                f"{name} in the epoch store is a plain key",
                hint='Set epoch_store_wrap = "none", or begin a new store: satark relay init-epochs',
            )
        return self._call("decrypt", name, blob)

    def _call(self, verb: str, name: str, data: bytes, *options: str) -> bytes:
        command = [
            str(self._program),
            verb,
            *options,
            f"--tpm2-device={self._device}",
            f"--name={name}",
            "-",
            "-",
        ]
        try:
            with self._turn:
                done = subprocess.run(command, input=data, capture_output=True, timeout=TIMEOUT_S, env={})
        except FileNotFoundError as error:
            raise ConfigError(
                f"{self._program} is not there", hint="It comes with systemd 250 or newer"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise Unavailable("the TPM does not answer", hint="Look at it with satark doctor") from error
        if done.returncode != 0:
            raise Unavailable(
                f"the TPM does not {verb} {name}: {_last_word(done.stderr)}",
                hint="Is it there, open to this user, the one that made this store, and not cleared since?",
            )
        return done.stdout


def of(setting: str) -> Wrapping:
    """By ``epoch_store_wrap``: "none", "tpm", or "tpm:" and a device; raises ConfigError on anything else."""
    kind, _, device = setting.partition(":")
    if setting == "none":
        return Plain()
    if kind == "tpm":
        return Tpm(device or ANY_DEVICE)
    raise ConfigError(f"epoch_store_wrap is {setting!r}, wanted: none or tpm")


def prove(wrapping: Wrapping) -> None:
    """Wraps and unwraps a key of no use; raises ConfigError or Unavailable where that fails."""
    secret = locks.new_key()
    if wrapping.unwrap("proof", wrapping.wrap("proof", secret)) != secret:
        raise Unavailable("what the TPM wrapped it does not open again")


def _last_word(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines() or ["no word of why"]
    return lines[-1].strip(" .")[:_LONGEST_WORD]
