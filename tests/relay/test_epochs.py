"""Epoch keys: one a week, destroyed with the last row that needs it; tag keys for the web process derive from them."""

import threading
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from relay import cli
from relay import epochs as epochs_module
from relay.epochs import EpochStore, tag_keys
from sync.clock import WEEK_S, week_of
from sync.errors import Unavailable
from tests.relay.builders import enrol
from tests.stations import FakeClock

NOW = FakeClock().now


@pytest.fixture
def epochs(tmp_path: Path) -> EpochStore:
    return EpochStore.initialise(tmp_path / "epochs")


def test_where_no_volume_is_mounted_no_key_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "mount-point"
    folder.mkdir()
    store = EpochStore(folder)
    for ask in (lambda: store.current(NOW), store.pepper, lambda: store.key(1)):
        with pytest.raises(Unavailable, match="satark relay init-epochs"):
            ask()
    assert list(folder.iterdir()) == []


def test_a_store_that_is_marked_again_keeps_its_keys(epochs: EpochStore, tmp_path: Path) -> None:
    before = epochs.current(NOW), epochs.pepper()
    again = EpochStore.initialise(tmp_path / "epochs")
    assert (again.current(NOW), again.pepper()) == before


def test_a_technician_marks_the_volume_that_the_settings_name(tmp_path: Path) -> None:
    root = enrol(tmp_path / "relay", epoch_store="../volume")
    for _ in range(2):
        done = CliRunner().invoke(cli.relay, ["init-epochs", "--same-device", "--root", str(root)])
        assert done.exit_code == 0 and "volume" in done.output
    EpochStore(tmp_path / "volume").current(NOW)


def test_a_store_on_the_relays_own_disk_is_refused(tmp_path: Path) -> None:
    root = enrol(tmp_path / "relay", epoch_store="../not/there/yet")
    done = CliRunner().invoke(cli.relay, ["init-epochs", "--root", str(root)])
    assert done.exit_code == 1 and "--same-device" in done.output
    assert not (tmp_path / "not").exists()


def test_a_store_on_another_volume_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = enrol(tmp_path / "relay", epoch_store="../volume")
    monkeypatch.setattr(epochs_module, "device_of", lambda path: int(path == root))
    assert CliRunner().invoke(cli.relay, ["init-epochs", "--root", str(root)]).exit_code == 0
    assert (tmp_path / "volume" / epochs_module.MARKER).exists()


def test_one_key_a_week_that_stays_the_same(epochs: EpochStore, tmp_path: Path) -> None:
    week, key = epochs.current(NOW)
    assert week == week_of(NOW)
    assert EpochStore(tmp_path / "epochs").current(NOW) == (week, key)
    assert epochs.current(NOW + WEEK_S)[1] != key
    assert epochs.key(week) == key


def test_two_processes_that_begin_a_week_at_once_have_one_key(tmp_path: Path) -> None:
    EpochStore.initialise(tmp_path / "epochs")
    start, found = threading.Barrier(8), []

    def make() -> None:
        start.wait()
        found.append(EpochStore(tmp_path / "epochs").current(NOW))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1


def test_a_key_is_destroyed_when_no_row_and_no_tag_needs_it(epochs: EpochStore) -> None:
    first, _ = epochs.current(NOW)
    second, _ = epochs.current(NOW + WEEK_S)
    epochs.destroy_unused(NOW + 2 * WEEK_S, set())
    assert epochs.key(first) and epochs.key(second)
    epochs.destroy_unused(NOW + 5 * WEEK_S, {second})
    assert epochs.key(first) is None and epochs.key(second)


@pytest.mark.parametrize("ask", ["current", "stop_keys", "forget_destroyed"])
def test_a_key_that_another_process_destroyed_is_forgotten(
    epochs: EpochStore, tmp_path: Path, ask: str
) -> None:
    other = EpochStore(tmp_path / "epochs")
    other.stop_key(NOW)
    later = NOW + 20 * WEEK_S
    epochs.destroy_unused(later, set())
    getattr(other, ask)(*((later,) if ask == "current" else ()))
    assert [name for name in other._opened if not (tmp_path / "epochs" / name).exists()] == []


def test_a_destroyed_key_is_overwritten_where_it_lay(epochs: EpochStore, tmp_path: Path) -> None:
    week, key = epochs.current(NOW)
    stop = epochs.stop_key(NOW)
    paths = [tmp_path / "epochs" / f"{week}.{kind}" for kind in ("epoch", "stop")]
    links = [path.with_name(f"{path.name}.block") for path in paths]
    for path, link in zip(paths, links, strict=True):
        link.hardlink_to(path)  # what whoever reads the disk finds in its blocks
    assert [link.read_bytes() for link in links] == [key, stop]
    epochs.destroy_unused(NOW + 20 * WEEK_S, set())
    assert [path.exists() for path in paths] == [False, False]
    assert [link.read_bytes() for link in links] == [b"", b""]


def test_a_key_whose_erasing_was_cut_off_is_no_key_and_goes_with_the_next(
    epochs: EpochStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    week, _ = epochs.current(NOW)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="power"):
        patch.setattr(epochs_module, "erase_file", Mock(side_effect=OSError("power")))
        epochs.destroy_unused(NOW + 5 * WEEK_S, set())
    assert epochs.key(week) is None
    epochs.destroy_unused(NOW + 5 * WEEK_S, set())
    assert [path.name for path in (tmp_path / "epochs").iterdir()] == [epochs_module.MARKER]


def test_the_pepper_outlives_every_week(epochs: EpochStore) -> None:
    pepper = epochs.pepper()
    epochs.current(NOW)
    epochs.destroy_unused(NOW + 100 * WEEK_S, set())
    assert epochs.pepper() == pepper


def test_without_tag_keys_nothing_can_be_taken(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no tag keys yet"):
        tag_keys(tmp_path)


def test_tag_keys_of_three_weeks_lie_ready_newest_first(epochs: EpochStore, tmp_path: Path) -> None:
    for n in range(5):
        epochs.publish_tag_keys(tmp_path / "run", NOW + n * WEEK_S)
    newest = week_of(NOW) + 4
    assert [week for week, _ in tag_keys(tmp_path / "run")] == [newest, newest - 1, newest - 2]


def test_a_tag_key_says_nothing_of_its_epoch_key(epochs: EpochStore, tmp_path: Path) -> None:
    epochs.publish_tag_keys(tmp_path / "run", NOW)
    ((week, key),) = tag_keys(tmp_path / "run")
    assert key != epochs.key(week)
    published = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*.key"))
    assert (epochs.key(week) or b"") not in published


def test_publishing_again_changes_nothing(epochs: EpochStore, tmp_path: Path) -> None:
    epochs.publish_tag_keys(tmp_path / "run", NOW)
    before = tag_keys(tmp_path / "run")
    epochs.publish_tag_keys(tmp_path / "run", NOW + 1)
    assert tag_keys(tmp_path / "run") == before
