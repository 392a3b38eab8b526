import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.posters import fonts
from provisioning.posters.drawing import Box, Text
from provisioning.posters.setting import Paragraph, Place, stack
from sync.errors import ConfigError

WORDS = st.lists(
    st.sampled_from(["थाना", "क्षेत्राधिकारी", "of", "Machhlishahr", "हैं", "और", "[JNP-07K]"]), min_size=1
)


def texts(paragraphs: list[Paragraph], place: Place) -> list[Text]:
    return [item for item in stack(paragraphs, place) if isinstance(item, Text)]


@pytest.mark.slow
@given(WORDS, st.floats(20, 120), st.floats(5, 40), st.booleans())
def test_text_stays_in_its_box_or_is_refused(
    words: list[str], width: float, height: float, bold: bool
) -> None:
    box = Box(10, 20, width, height)
    try:
        lines = texts([Paragraph(" ".join(words), 5, bold=bold)], Place(box, 0.7, middle=True))
    except ConfigError:
        return

    assert " ".join(line.text for line in lines) == " ".join(words)
    assert all(
        line.x >= 10 and line.x + fonts.width(line.text, bold, line.size) <= 10.001 + width for line in lines
    )
    assert all(20 < line.baseline < 20 + height and line.size >= 3.5 for line in lines)


def test_a_long_text_is_set_smaller_until_it_fits() -> None:
    short, long = (
        texts([Paragraph(text, 5)], Place(Box(0, 0, 50, 7))) for text in ("थाना", "थाना मछलीशहर जौनपुर पुलिस")
    )

    assert short[0].size == 5
    assert [line.text for line in long] == ["थाना मछलीशहर जौनपुर पुलिस"]
    assert 4 <= long[0].size < 5


@pytest.mark.parametrize("text", ["अ" * 60, "मछलीशहर " * 40])
def test_what_cannot_fit_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(ConfigError, match=r"does not fit.*Shorten"):
        stack([Paragraph(text.strip(), 5)], Place(Box(0, 0, 50, 20)))


def test_hindi_is_shaped() -> None:
    """The short i stands before its consonant, and a conjunct is one form."""
    names = [glyph.name for run in fonts.runs("कि", bold=False) for glyph in run.glyphs]
    conjunct = fonts.runs("क्ष", bold=False)[0].glyphs

    assert names.index("uni0915") == 1
    assert len(conjunct) == 1


def test_a_line_is_cut_where_the_script_changes() -> None:
    assert [(run.font, run.text) for run in fonts.runs("थाना Sikrara (JNP) है।", bold=True)] == [
        ("devanagari-700", "थाना "),
        ("latin-700", "Sikrara (JNP) "),
        ("devanagari-700", "है।"),
    ]


def test_a_letter_the_fonts_do_not_have_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"U\+0B95"):
        fonts.runs("क க", bold=False)
