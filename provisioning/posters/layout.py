"""Where everything stands on a poster: A4 upright, from what must be read at two metres down to the small print."""

from dataclasses import dataclass

from provisioning.posters import fonts, pictures
from provisioning.posters.drawing import Box, Item, Page, Squares, Text, circle, panel, rectangle
from provisioning.posters.link import Matrix
from provisioning.posters.number import Number
from provisioning.posters.setting import Paragraph, Place, stack
from provisioning.posters.words import Bilingual
from sync.directory import District, Thana

WIDTH, HEIGHT = 210.0, 297.0
BRAND, GOLD, PAPER, WASH, INK, SOFT, ALERT = (
    "#123c3a", "#ffc861", "#ffffff", "#e4f0ed", "#17211f", "#3b4a47", "#a11f16",
)  # fmt: skip

HEAD = Box(8, 7.5, 194, 67)
SQUARE = Box(8, 77, 74, 81.5)
STEPS = Box(84.5, 77, 117.5, 81.5)
NUMBER = Box(8, 161, 194, 42)
DATA = Box(8, 205.5, 95.75, 56)
FORGED = Box(106.25, 205.5, 95.75, 56)
HELP = Box(8, 264, 194, 14)
PLACE = Box(9, 279.5, 192, 10)
QUIET_MODULES = 4
HELP_TITLE_WIDTH, HELPLINE_SIZE = 52.0, 8.0


@dataclass(frozen=True)
class Facts:
    """What differs from poster to poster. ``code`` as sync.placecode gives it."""

    thana: Thana
    district: District
    code: str
    number: Number
    host: str
    matrix: Matrix

    def fill(self, text: str, *, hindi: bool) -> str:
        """Puts names, code and link into a sentence."""
        thana, district = (
            (self.thana.name_hi, self.district.name_hi)
            if hindi
            else (self.thana.name_en, self.district.name_en)
        )
        return text.format(code=self.code, link=self.host, thana=thana, district=district)


def page(facts: Facts, words: Bilingual) -> Page:
    """The poster of one thana; raises ConfigError when a name or the words do not fit."""
    parts = (
        _head(facts, words),
        _square(facts, words),
        _steps(words),
        _number(facts.number, words),
        _data(words),
        _forged(facts, words),
        _help(words),
        _place(facts, words),
    )
    title = f"{words.hi.product} · {words.en.product}"
    return Page(title, WIDTH, HEIGHT, tuple(item for part in parts for item in part))


def _head(facts: Facts, words: Bilingual) -> tuple[Item, ...]:
    police = " · ".join((facts.fill(words.hi.police, hindi=True), facts.fill(words.en.police, hindi=False)))
    name = Paragraph(f"{words.hi.product} · {words.en.product}", 6.6, bold=True, fill=GOLD)
    heading = [Paragraph(line, 18.6, bold=True, fill=PAPER, leading=1.1) for line in words.hi.heading]
    below = [Paragraph(line, 9.6, bold=True, fill="#d3e5e1") for line in words.en.heading]
    return (
        panel(HEAD, BRAND, 4),
        *pictures.shield(Box(HEAD.x + 5, HEAD.y + 3, 10.5, 10.5)),
        *stack([name], Place(Box(HEAD.x + 18, HEAD.y + 3.8, 86, 9), middle=True)),
        *_right(police, Box(HEAD.x + 104, HEAD.y + 3.8, 84, 9)),
        *stack(heading, Place(Box(HEAD.x + 5, HEAD.y + 13.6, 184, 41), centred=True, middle=True)),
        *stack(below, Place(Box(HEAD.x + 5, HEAD.y + 53, 184, 13), centred=True, middle=True)),
    )


def _right(text: str, box: Box) -> tuple[Item, ...]:
    """One line set to the right edge of a box."""
    size = min(5.0, box.width / fonts.width(text, False, 1))
    x = box.x + box.width - fonts.width(text, False, size)
    return (Text(text, x, box.y + box.height / 2 + 0.3 * size, size, False, PAPER),)


def _square(facts: Facts, words: Bilingual) -> tuple[Item, ...]:
    side = SQUARE.width - 5
    module = side / (len(facts.matrix) + 2 * QUIET_MODULES)
    margin = 2.5 + QUIET_MODULES * module
    caption = [
        Paragraph(words.hi.scan, 5.2, bold=True, fill=PAPER, leading=1.1),
        Paragraph(words.en.scan, 3.8, fill=PAPER, leading=1.1),
    ]
    return (
        panel(SQUARE, BRAND, 4),
        rectangle(Box(SQUARE.x + 2.5, SQUARE.y + 2.5, side, side), PAPER),
        Squares(facts.matrix, SQUARE.x + margin, SQUARE.y + margin, module, "#000000"),
        *stack(
            caption,
            Place(Box(SQUARE.x, SQUARE.y + side + 2.7, SQUARE.width, 9.4), 0.6, centred=True, middle=True),
        ),
    )


def _steps(words: Bilingual) -> tuple[Item, ...]:
    items: list[Item] = []
    drawings = (pictures.scanning, pictures.telling, pictures.receipt)
    gap = 2.5
    height = (STEPS.height - 2 * gap) / 3
    for number, (draw, hindi, english) in enumerate(
        zip(drawings, words.hi.steps, words.en.steps, strict=True)
    ):
        box = Box(STEPS.x, STEPS.y + number * (height + gap), STEPS.width, height)
        text = Box(box.x + 35, box.y + 1, box.width - 38, box.height - 2)
        told = [
            Paragraph(hindi, 5.2, bold=True, leading=1.24, gap=0.8, fill=INK),
            Paragraph(english, 4.1, leading=1.24, fill=SOFT),
        ]
        items += [panel(box, WASH), *_counter(number + 1, box)]
        items += draw(Box(box.x + 11, box.y + 2.5, 21, box.height - 5))
        items += stack(told, Place(text, middle=True))
    return tuple(items)


def _counter(number: int, box: Box) -> tuple[Item, ...]:
    x, y, size = box.x + 5.5, box.y + 6, 6.2
    shown = str(number)
    left = x - fonts.width(shown, True, size) / 2
    return circle(x, y, 4, BRAND), Text(shown, left, y + 0.36 * size, size, True, PAPER)


def _number(number: Number, words: Bilingual) -> tuple[Item, ...]:
    label = Paragraph(f"{words.hi.number} · {words.en.number}", 5.2, bold=True, fill="#0c6459")
    spelled = [
        Paragraph(words.hi.spelled(number.groups), 5.6, bold=True, leading=1.24),
        Paragraph(words.en.spelled(number.groups), 4.8, fill=SOFT, leading=1.24),
    ]
    inside = NUMBER.inset(3)
    return (
        panel(NUMBER, BRAND, 4),
        panel(NUMBER.inset(1), PAPER, 3.2),
        *stack([label], Place(Box(inside.x, NUMBER.y + 1.9, inside.width, 7), centred=True, middle=True)),
        *_widest(number.shown, Box(inside.x, NUMBER.y + 7.2, inside.width, 19.4)),
        *stack(
            spelled, Place(Box(inside.x, NUMBER.y + 26.6, inside.width, 13.4), 0.6, centred=True, middle=True)
        ),
    )


def _widest(text: str, box: Box) -> tuple[Item, ...]:
    """One bold line as large as its box allows."""
    size = min(box.width / fonts.width(text, True, 1), box.height / 0.9)
    x = box.x + (box.width - fonts.width(text, True, size)) / 2
    return (Text(text, x, box.y + box.height / 2 + 0.36 * size, size, True, INK),)


def _pairs(
    titles: tuple[str, str], hindi: tuple[str, ...], english: tuple[str, ...], box: Box
) -> tuple[Item, ...]:
    """Sentences in both languages under a title in both."""
    told: list[Paragraph] = []
    for one, other in zip(hindi, english, strict=True):
        told.append(Paragraph(one, 4.5, bold=True, leading=1.22, is_item=True, indent=3.4))
        told.append(Paragraph(other, 3.7, fill=SOFT, leading=1.22, gap=1.0, indent=3.4))
    inside = Box(box.x + 3, box.y + 13, box.width - 5, box.height - 14)
    heading = [
        Paragraph(titles[0], 5.4, bold=True, fill=PAPER, leading=1.2),
        Paragraph(titles[1], 3.9, fill=PAPER, leading=1.2),
    ]
    return (
        panel(box, WASH),
        panel(Box(box.x, box.y, box.width, 12.4), "#0c6459", 3),
        *stack(heading, Place(Box(box.x + 3, box.y, box.width - 5, 12.4), 0.6, middle=True)),
        *stack(told, Place(inside, 0.7, middle=True)),
    )


def _data(words: Bilingual) -> tuple[Item, ...]:
    titles = (words.hi.data_title, words.en.data_title)
    return _pairs(titles, words.hi.data, words.en.data, DATA)


def _forged(facts: Facts, words: Bilingual) -> tuple[Item, ...]:
    titles = (words.hi.forged_title, words.en.forged_title)
    hindi, english = (
        tuple(facts.fill(text, hindi=is_hindi) for text in language.forged)
        for language, is_hindi in ((words.hi, True), (words.en, False))
    )
    return _pairs(titles, hindi, english, FORGED)


def _help(words: Bilingual) -> tuple[Item, ...]:
    titles = [
        Paragraph(words.hi.helplines_title, 4.6, bold=True, fill=PAPER, leading=1.15),
        Paragraph(words.en.helplines_title, 3.9, fill=PAPER, leading=1.15),
    ]
    cells = [
        (line, _names(hindi, english))
        for line, hindi, english in zip(words.helplines, words.hi.helplines, words.en.helplines, strict=True)
    ]
    widths = [fonts.width(line, True, HELPLINE_SIZE) + 1.4 + _widest_of(names) for line, names in cells]
    x = HELP.x + HELP_TITLE_WIDTH
    gap = (HELP.x + HELP.width - x - sum(widths)) / (len(cells) + 0.6)
    items: list[Item] = [panel(HELP, ALERT)]
    items += stack(titles, Place(Box(HELP.x + 4, HELP.y, HELP_TITLE_WIDTH - 4, HELP.height), middle=True))
    for (line, names), width in zip(cells, widths, strict=True):
        items += _helpline(line, names, Box(x + gap * 0.8, HELP.y, width, HELP.height))
        x += width + gap
    return tuple(items)


def _names(hindi: str, english: str) -> list[Paragraph]:
    return [
        Paragraph(hindi, 3.9, bold=True, fill=PAPER, leading=1.15),
        Paragraph(english, 3.4, fill=PAPER, leading=1.15),
    ]


def _widest_of(lines: list[Paragraph]) -> float:
    return max(fonts.width(line.text, line.bold, line.size) for line in lines) + 0.1


def _helpline(line: str, names: list[Paragraph], box: Box) -> tuple[Item, ...]:
    shown = fonts.width(line, True, HELPLINE_SIZE)
    beside = Box(box.x + shown + 1.4, box.y, box.width - shown - 1.4, box.height)
    baseline = box.y + box.height / 2 + 0.36 * HELPLINE_SIZE
    return (
        Text(line, box.x, baseline, HELPLINE_SIZE, True, GOLD),
        *stack(names, Place(beside, 0.6, middle=True)),
    )


def _place(facts: Facts, words: Bilingual) -> tuple[Item, ...]:
    told = [
        Paragraph(facts.fill(words.hi.place, hindi=True), 3.5, leading=1.2, fill=INK),
        Paragraph(facts.fill(words.en.place, hindi=False), 3.1, leading=1.2, fill=SOFT),
    ]
    return stack(told, Place(PLACE, 0.7, middle=True))
