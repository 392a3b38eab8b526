import pytest

from provisioning.posters import number
from sync.errors import ConfigError


@pytest.mark.parametrize(
    "written",
    ["+91 98000 00001", "+919800000001", " +91-98000-00001 ", "+91 (98000) 00001", "+९१ ९८००० ००००१"],
)
def test_one_number_however_it_is_written(written: str) -> None:
    read = number.read(written)

    assert (read.digits, read.shown) == ("919800000001", "+91 98000 00001")


@pytest.mark.parametrize(
    "written", ["", "98000 00001", "+91 98000 0000", "+91 98000 000011", "+91 00000 00000", "+999 1234567", "Hi",
                "+91 98000 00001 ext. 5"]
)  # fmt: skip
def test_what_cannot_be_dialled_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(ConfigError) as refused:
        number.read(written)

    assert "country code" in refused.value.hint
    assert not written or written not in str(refused.value)
