"""Secrets in files of their own: read when asked for, complaints name the file and never what is in it."""

from pathlib import Path

import pytest

from sync.config import Secrets
from sync.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text("first\n", encoding="utf-8")
    return tmp_path


def test_it_is_read_when_it_is_asked_for(folder: Path) -> None:
    secrets = Secrets.of(folder)
    (folder / "secrets" / "token").write_text("second", encoding="utf-8")
    assert secrets.text("token") == "second"
    assert "second" not in repr(secrets)


def test_what_systemd_hands_over_wins(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_over = tmp_path / "credentials"
    handed_over.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed_over))
    assert Secrets.of(folder).text("token") == "first"
    (handed_over / "token").write_text("third", encoding="utf-8")
    assert Secrets.of(folder).text("token") == "third"


@pytest.mark.parametrize(
    ("content", "complaint"), [(None, "is not there"), (b" \n", "is empty"), (b"canary-\xff", "is no text")]
)
def test_a_complaint_names_the_file_only(folder: Path, content: bytes | None, complaint: str) -> None:
    path = folder / "secrets" / "token"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ConfigError, match=complaint) as caught:
        Secrets.of(folder).text("token")
    assert str(path) in str(caught.value) and "canary" not in str(caught.value)
