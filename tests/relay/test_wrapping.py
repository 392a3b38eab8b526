"""The two kinds of epoch store: keys as they are, and keys that one TPM alone opens (a software one, swtpm)."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner

from relay import cli, wrapping
from relay.epochs import EpochStore
from relay.wrapping import Plain, Tpm
from sync.clock import WEEK_S
from sync.errors import ConfigError, SatarkError, Unavailable
from sync.sealing import locks
from tests.relay.builders import enrol
from tests.stations import FakeClock
from tests.waiting import wait_until

NOW = FakeClock().now
SECRET = bytes(range(32))
MakeTpm = Callable[[str], Tpm]


def marked(test: Callable[..., None]) -> Callable[..., None]:
    """A test that starts a TPM."""
    needing: Callable[..., None] = pytest.mark.needs("swtpm", "tpm2_flushcontext")(test)
    slow: Callable[..., None] = pytest.mark.slow(needing)
    return slow


class Reversing:
    """A wrapping that counts."""

    def __init__(self) -> None:
        self.unwrapped: list[str] = []

    def wrap(self, name: str, secret: bytes) -> bytes:
        return name.encode() + secret[::-1]

    def unwrap(self, name: str, blob: bytes) -> bytes:
        self.unwrapped.append(name)
        return blob.removeprefix(name.encode())[::-1]


@pytest.fixture
def make_tpm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeTpm]:
    """Machines with a TPM of their own each, by name."""
    with ExitStack() as stack:

        def make(name: str) -> Tpm:
            folder = tmp_path_factory.mktemp(name)
            socket = folder / "s"
            command = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={folder}"]
            command += ["--server", f"type=unixio,path={socket}", "--flags", "not-need-init,startup-clear"]
            command += ["--ctrl", f"type=unixio,path={socket}.ctrl"]
            chip = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(chip.kill)
            wait_until(socket.exists, 10, "swtpm")
            # Sessions that systemd leaves open; on a machine the kernel closes them behind each program.
            program = folder / "systemd-creds"
            flush = f"tpm2_flushcontext -T swtpm:path={socket} -l >&2"
            program.write_text(f'#!/bin/sh\nPATH=/usr/bin:/bin\n{flush}\nexec {wrapping.PROGRAM} "$@"\n')
            program.chmod(0o755)
            return Tpm(f"swtpm:path={socket}", program)

        yield make


@marked
def test_what_a_tpm_wrapped_it_opens_under_its_name_only(make_tpm: MakeTpm) -> None:
    tpm = make_tpm("one")
    blob = tpm.wrap("2900.epoch", SECRET)
    assert SECRET not in blob and tpm.unwrap("2900.epoch", blob) == SECRET
    with pytest.raises(Unavailable, match="does not decrypt 2901"):
        tpm.unwrap("2901.epoch", blob)


@marked
def test_the_disk_of_a_store_opens_on_no_other_machine(make_tpm: MakeTpm, tmp_path: Path) -> None:
    folder = tmp_path / "epochs"
    EpochStore.initialise(folder)
    store = EpochStore(folder, make_tpm("one"))
    keys = [store.current(NOW)[1], store.pepper(), store.stop_key(NOW)]
    disk = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not any(form in disk for key in keys for form in (key, key.hex().encode()))
    thief = EpochStore(folder, make_tpm("two"))
    for ask in (lambda: thief.current(NOW), thief.pepper, thief.stop_keys):
        with pytest.raises(Unavailable, match="does not decrypt"):
            ask()
    again = EpochStore(folder, store._wrapping)  # as after a restart: only the files are left
    assert [again.current(NOW)[1], again.pepper(), again.stop_key(NOW)] == keys


@marked
def test_an_old_copy_of_a_destroyed_key_opens_where_its_tpm_is(make_tpm: MakeTpm, tmp_path: Path) -> None:
    """Not defended, said in the decision: a volume's key can be destroyed, what is bound to a TPM only deleted."""
    EpochStore.initialise(tmp_path)
    store = EpochStore(tmp_path, make_tpm("one"))
    week, key = store.current(NOW)
    path = tmp_path / f"{week}.epoch"
    copy = path.read_bytes()
    store.destroy_unused(NOW + 5 * WEEK_S, set())
    assert store.key(week) is None
    path.write_bytes(copy)
    assert store.key(week) == key


@marked
def test_a_technician_begins_such_a_store_on_the_relays_own_disk(make_tpm: MakeTpm, tmp_path: Path) -> None:
    tpm = make_tpm("one")
    root = enrol(tmp_path / "relay", epoch_store="../volume", epoch_store_wrap=f"tpm:{tpm._device}")
    done = CliRunner().invoke(cli.relay, ["init-epochs", "--root", str(root)])
    assert done.exit_code == 0 and "for the TPM of this machine alone" in done.output


def test_without_a_tpm_such_a_store_is_not_begun(tmp_path: Path) -> None:
    nowhere = f"tpm:device:{tmp_path / 'none'}"
    root = enrol(tmp_path / "relay", epoch_store="../volume", epoch_store_wrap=nowhere)
    done = CliRunner().invoke(cli.relay, ["init-epochs", "--root", str(root)])
    assert isinstance(done.exception, Unavailable) and "does not encrypt proof" in str(done.exception)
    assert not (tmp_path / "volume").exists()


def test_without_systemd_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="systemd 250"):
        Tpm(program=tmp_path / "none").wrap("a", SECRET)


def test_a_store_is_not_read_in_the_other_kind() -> None:
    with pytest.raises(ConfigError, match='epoch_store_wrap = "tpm"'):
        Plain().unwrap("a", b"a credential")
    with pytest.raises(ConfigError, match='epoch_store_wrap = "none"'):
        Tpm().unwrap("a", SECRET)


@pytest.mark.parametrize("setting", ["", "TPM", "both", "none:x"])
def test_another_kind_is_refused(setting: str) -> None:
    with pytest.raises(SatarkError, match="wanted: none or tpm"):
        wrapping.of(setting)


def test_each_key_is_unwrapped_once_and_forgotten_with_its_file(tmp_path: Path) -> None:
    EpochStore.initialise(tmp_path)
    counting = Reversing()
    store = EpochStore(tmp_path, counting)
    week, key = store.current(NOW)
    assert (store.current(NOW), store.key(week)) == ((week, key), key)
    assert counting.unwrapped == [f"{week}.epoch"] and key not in (tmp_path / f"{week}.epoch").read_bytes()
    (tmp_path / f"{week}.epoch").unlink()  # by housekeeping, in another process
    assert store.key(week) is None and store._opened == {}


def test_what_this_machine_says_is_cut_to_one_line(tmp_path: Path) -> None:
    program = tmp_path / "creds"
    program.write_text("#!/bin/sh\necho first >&2\necho " + 300 * "x" + " >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(Unavailable) as caught:
        Tpm(program=program).wrap("a", locks.new_key())
    assert "first" not in caught.value.what and len(caught.value.what) < 250
