"""Sets paragraphs into boxes: wraps them, and shrinks them together until they fit, never below what can be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioning.posters import fonts
from provisioning.posters.drawing import Box, Item, Text, circle
from sync.errors import ConfigError

_STEPS = 60  # of shrinking, from full size to the least


@dataclass(frozen=True)
class Paragraph:
    """``size``: em in mm; ``leading``: line height in ems; ``gap``: mm below; ``is_item``: with a dot before it."""

    text: str
    size: float
    bold: bool = False
    fill: str = "#17211f"
    leading: float = 1.3
    gap: float = 0
    is_item: bool = False
    indent: float = 0

    def scaled(self, scale: float) -> "Paragraph":
        """The same, smaller."""
        return replace(self, size=self.size * scale, gap=self.gap * scale, indent=self.indent * scale)


@dataclass(frozen=True)
class Place:
    """A box and how text lies in it. ``least``: the smallest part of its size that text may shrink to."""

    box: Box
    least: float = 0.8
    centred: bool = False
    middle: bool = False


def stack(paragraphs: Sequence[Paragraph], place: Place) -> tuple[Item, ...]:
    """The paragraphs below each other; raises ConfigError when they do not fit at the least size."""
    for step in range(_STEPS + 1):
        scale = 1 - (1 - place.least) * step / _STEPS
        set_ones = [paragraph.scaled(scale) for paragraph in paragraphs]
        wrapped = [_wrapped(paragraph, place.box.width) for paragraph in set_ones]
        height = _height(set_ones, wrapped)
        if height <= place.box.height and all(lines for lines in wrapped):
            return tuple(_placed(set_ones, wrapped, place, height))
    raise ConfigError(
        f"a poster's text does not fit: {paragraphs[0].text[:40]!r}...",
        hint="Shorten the name in thanas.csv, or the words in provisioning/posters/words.json.",
    )


def _height(paragraphs: Sequence[Paragraph], wrapped: Sequence[Sequence[str]]) -> float:
    lines = sum(
        len(texts) * paragraph.size * paragraph.leading + paragraph.gap
        for paragraph, texts in zip(paragraphs, wrapped, strict=True)
    )
    return lines - paragraphs[-1].gap


def _wrapped(paragraph: Paragraph, width: float) -> list[str]:
    """Its lines; none when a single word is wider than the box."""
    lines: list[str] = []
    room = width - paragraph.indent
    for word in paragraph.text.split(" "):
        if fonts.width(word, paragraph.bold, paragraph.size) > room:
            return []
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and fonts.width(longer, paragraph.bold, paragraph.size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _placed(
    paragraphs: Sequence[Paragraph], wrapped: Sequence[Sequence[str]], place: Place, height: float
) -> Iterator[Item]:
    y = place.box.y + ((place.box.height - height) / 2 if place.middle else 0)
    for paragraph, lines in zip(paragraphs, wrapped, strict=True):
        if paragraph.is_item:
            middle = y + paragraph.size * paragraph.leading * 0.53
            yield circle(place.box.x + paragraph.size * 0.25, middle, paragraph.size * 0.17, paragraph.fill)
        for line in lines:
            yield _line(line, paragraph, place, y)
            y += paragraph.size * paragraph.leading
        y += paragraph.gap


def _line(line: str, paragraph: Paragraph, place: Place, top: float) -> Text:
    spare = place.box.width - paragraph.indent - fonts.width(line, paragraph.bold, paragraph.size)
    x = place.box.x + paragraph.indent + (spare / 2 if place.centred else 0)
    baseline = top + paragraph.size * (paragraph.leading / 2 + 0.27)
    return Text(line, x, baseline, paragraph.size, paragraph.bold, paragraph.fill)
