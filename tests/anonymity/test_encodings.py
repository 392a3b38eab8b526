"""The search finds every form it claims to know, wherever it lies, and nothing else."""

import random
from base64 import b64encode, urlsafe_b64encode
from hashlib import md5, sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.simulator.ids import new_wamid
from tests.anonymity import encodings
from tests.anonymity.encodings import Finding, find, forms_of_id, forms_of_number, forms_of_text, search

NUMBER, NEIGHBOUR = "919812345678", "917301298406"
BSUID = "IN.4711000000000042"
NUMBER_FORMS, ID_FORMS = forms_of_number(NUMBER), forms_of_id(BSUID)
ALL = {**NUMBER_FORMS, **ID_FORMS, **forms_of_text("Asha Devi")}
NEEDLES = encodings.without_longer(ALL)
around = st.binary(max_size=40)


def test_there_are_enough_forms() -> None:
    assert len(NUMBER_FORMS) >= 70
    assert len(ID_FORMS) >= 70


@pytest.mark.slow
@pytest.mark.parametrize(
    "written",
    [
        *(b"9812345678", b"919812345678", b"+91 98123-45678", b"098123 45678", b"8765432189"),
        *("९८१२३४५६७८".encode(), "９８１２３４５６７８".encode(), "9812345678".encode("utf-16-be")),
        *(
            b64encode(b"x9812345678"),
            urlsafe_b64encode(b"xy+919812345678"),
            b64encode(b64encode(b"9812345678")),
        ),
        *(b"9812345678".hex().encode(), bytes.fromhex("9812345678"), bytes.fromhex("8921436587")),
        *((9812345678).to_bytes(6, "big"), (919812345678).to_bytes(8, "little")),
        *(md5(b"9812345678").hexdigest().encode(), sha256(b"+919812345678").digest()),
    ],
)
def test_ways_of_writing_a_number_are_found(written: bytes) -> None:
    assert find(b"before " + written + b" after", encodings.without_longer(NUMBER_FORMS))


@pytest.mark.slow
@given(form=st.sampled_from(sorted(ALL)), before=around, after=around)
def test_a_planted_form_is_found(form: bytes, before: bytes, after: bytes) -> None:
    assert find(before + form + after, NEEDLES)


@pytest.mark.slow
@pytest.mark.parametrize("forms", [NUMBER_FORMS, ID_FORMS], ids=["number", "id"])
def test_every_form_is_found_by_the_shorter_list(forms: encodings.Forms) -> None:
    needles = encodings.without_longer(forms)
    assert [name for data, name in forms.items() if not find(data, needles)] == []


@given(form=st.sampled_from(sorted(ALL)), before=around)
def test_a_form_inside_base64_or_hex_is_found(form: bytes, before: bytes) -> None:
    assert find(b'"' + urlsafe_b64encode(before + form).rstrip(b"=") + b'"', NEEDLES)
    assert find(b"|" + (before + form).hex().encode() + b"|", NEEDLES)


@given(data=st.binary(max_size=4000))
def test_what_is_not_there_is_not_found(data: bytes) -> None:
    assert find(data, NUMBER_FORMS) == []


@given(form=st.sampled_from(sorted(forms_of_number(NEIGHBOUR))))
def test_a_neighbours_number_is_not_taken_for_it(form: bytes) -> None:
    assert find(form, NUMBER_FORMS) == []


def test_a_message_id_gives_its_writer_away(rng: random.Random) -> None:
    assert find(new_wamid(rng, NUMBER, True).encode(), NUMBER_FORMS)


@pytest.mark.parametrize("name", ["box.db-wal", "notes.log", "deep/er/file", ".hidden", "mosquitto.db"])
def test_every_file_of_a_folder_is_read(tmp_path: Path, name: str) -> None:
    planted = tmp_path / name
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.write_bytes(b"\0" * 9000 + b"9812345678")
    assert Finding(planted, "no prefix, utf-8") in search([tmp_path], NUMBER_FORMS)


def test_names_of_files_are_searched(tmp_path: Path) -> None:
    (tmp_path / "9812345678.jpg").touch()
    assert search([tmp_path], NUMBER_FORMS)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert search([tmp_path], ALL) == []
