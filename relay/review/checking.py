"""What can be seen of the words without holding a conversation: quick enough for every start of a relay."""

from collections.abc import Iterator, Sequence

from relay import limits
from relay.dialogue import Book
from relay.limits import Buttons, Choice, OverLimit, Payload, Rows, Text
from relay.understanding import fold, keyword, match_option, passes
from sync.catalogue import Category, Option, Question
from sync.errors import ConfigError


def check_book(book: Book) -> None:
    """Raises ConfigError naming the file, the entry and the language of the first mistake."""
    found = next(mistakes(book), None)
    if found:
        raise ConfigError(found, hint="Mend the data file; `./run tree LANGUAGE` shows the conversation")


def mistakes(book: Book) -> Iterator[str]:
    """All that is wrong with the words by themselves."""
    yield from _languages(book)
    for category in book.catalogue.categories:
        yield from _category(category)
        for question in category.questions:
            yield from _question(question, f"questions/{category.code}.json: {question.code}")
    yield from _templates(book)


def _languages(book: Book) -> Iterator[str]:
    have, spoken = set(book.catalogue.languages), set(book.phrases.by_language)
    for language in sorted(have - spoken):
        yield f"phrases/{language}.json is missing: catalogue.json has that language"
    for language in sorted(spoken - have):
        yield f"catalogue.json: languages lacks {language!r}, which the phrases have"


def _category(category: Category) -> Iterator[str]:
    where = f"categories.csv: {category.code}"
    for language, title in category.menu.items():
        row = Choice(category.code, title, category.name[language])
        yield from _refused(Rows("?", "?", (row,)), f"{where}: {language}")
    if len({title.split()[0] for title in category.menu.values()}) > 1:
        yield f"{where}: its icon is not the same in every language"


def _question(question: Question, where: str) -> Iterator[str]:
    for language, prompt in question.prompt.items():
        yield from _refused(_asked(question, language, prompt), f"{where}: {language}")
    yield from _ambiguous(question.options, where)


def _asked(question: Question, language: str, prompt: str) -> Payload:
    choices = tuple(Choice(option.code, option.label[language]) for option in question.options)
    if not choices:
        return Buttons(prompt, (Choice("skip", "?"),))
    return Buttons(prompt, choices) if len(choices) <= limits.BUTTONS else Rows(prompt, "?", choices)


def _ambiguous(options: Sequence[Option], where: str) -> Iterator[str]:
    """Words of an option that, when typed, would be taken for something else."""
    labels = [(option.code, tuple(option.label.values())) for option in options]
    for code, words in labels:
        for word in words:
            if keyword(word) or (passes(word) and code not in ("unsure", "unknown")):
                yield f"{where}: the choice {word!r} is also a command"
            elif not fold(word) or match_option(word, labels) != code:
                yield f"{where}: the choice {word!r} is taken for another when it is typed"


def _templates(book: Book) -> Iterator[str]:
    for template in book.catalogue.templates:
        for language in book.catalogue.languages:
            longest = tuple(
                max(parameter.values, key=lambda value: limits.length(value.label[language])).code
                for parameter in template.parameters
            )
            text = template.text(language, longest)
            yield from _refused(Text(text), f"templates.json: {template.code}: {language}")


def _refused(payload: Payload, where: str) -> Iterator[str]:
    try:
        limits.check(payload)
    except OverLimit as error:
        yield f"{where}: {error}"
