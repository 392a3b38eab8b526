"""The whole conversation in one language, on paper: for a reader who knows the crimes and the people, not programs."""

from collections.abc import Iterator

from relay.dialogue import (
    GIVE_UP_AFTER_S,
    REMIND_AFTER_S,
    Book,
    Heard,
    addition_words,
    receipt_words,
    words,
)
from relay.review.talk import Talk, all_pages, begun, block, code_of, printed
from relay.review.ways import TICK
from relay.understanding import KEYWORDS
from sync.catalogue import TO_BOX, Category, Question
from sync.errors import ConfigError

_MOST_STEPS = 60
_EXAMPLE_RECEIPT, _EXAMPLE_TOKEN = "1234567812345678", "token"
_ROUTES = {"box": "goes to the office of the district", "range": "goes to the range office only"}


def tree(language: str, book: Book) -> str:
    """All that is said in ``language``, first word to last, the same for the same data; ConfigError for no language."""
    if language not in book.phrases.by_language:
        known = ", ".join(book.phrases.by_language)
        raise ConfigError(f"there is no language {language!r}", hint=f"There are: {known}")
    lines = [
        f"Satark Mitra: the whole conversation in {language}. Catalogue version {book.catalogue.version}."
    ]
    lines += ["A number in ( ) may be typed instead of tapping. A word in [ ] is its name in the data files."]
    for title, part in (
        ("1. How it begins", _beginning(language, book)),
        ("2. What everybody is asked", _common(language, book)),
        ("3. The questions of each kind of crime", _categories(language, book)),
        ("4. How it ends", _ending(language, book)),
        ("5. Words that are understood at any moment", _keywords(language, book)),
        ("6. Words that bring the emergency numbers", _danger(language, book)),
        ("7. Answers from the office", _templates(language, book)),
        ("8. Names of states and classes", _labels(language, book)),
        ("9. Every sentence by its name in the phrases", _phrases(language, book)),
    ):
        lines += ["", title, "=" * len(title), *part]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _beginning(language: str, book: Book) -> Iterator[str]:
    talk = Talk(book).hears(Heard("text", text="Hi"))
    yield from ("", f"[{talk.asked}]", *printed(talk.step.say, "  "))
    talk = talk.taps(language)
    yield f"[{talk.asked}]"
    for page in all_pages(talk):
        yield from printed(page.step.say, "  ")


def _common(language: str, book: Book) -> Iterator[str]:
    """The steps around a category's own questions, each once, up to the summary."""
    category = next((c for c in book.catalogue.categories if c.route == TO_BOX), book.catalogue.categories[0])
    talk = begun(language, book, category.code)
    told = False
    for _ in range(_MOST_STEPS):
        if talk.state is None:
            return
        if talk.asked.startswith(f"{category.code}."):
            yield from () if told else ("", "  ... here the questions of the kind of crime, see 3 ...")
            told = True
        else:
            yield from ("", f"[{talk.asked}]", *_with_lists(talk))
        talk = talk.taps() if talk.offered else talk.hears(Heard("text", text="..."))


def _with_lists(talk: Talk) -> Iterator[str]:
    """A question, and what comes of each choice of a place: its lists, page by page."""
    yield from printed(talk.step.say, "  ")
    if talk.asked != "district":
        return
    for choice in talk.offered:
        following = talk.taps(code_of(choice))
        yield f"  after ({choice.title}) [{following.asked}]"
        if following.asked != "place":
            for page in all_pages(following):
                yield from printed(page.step.say, "    ")


def _categories(language: str, book: Book) -> Iterator[str]:
    group = ""
    for category in book.catalogue.categories:
        if category.group != group:
            group = category.group
            yield from ("", f"--- {book.catalogue.groups[group][language]} [{group}]")
        yield from ("", f"{category.menu[language]}: {category.name[language]} [{category.code}]")
        yield f"    {_ROUTES[category.route]}; sensitivity: {category.sensitivity}; clock: {category.clock}"
        yield from ("", *_questions(begun(language, book, category.code), category, language))


def _questions(talk: Talk, category: Category, language: str) -> Iterator[str]:
    """The category's own questions as the conversation asks them, those that depend on an answer too."""
    own = {f"{category.code}.{question.code}": question for question in category.questions}
    while talk.asked not in own:
        talk = talk.taps()
    while talk.asked in own:
        question = own[talk.asked]
        yield f"  [{question.code}] {_remark(question, language)}"
        yield from printed(talk.step.say, "    ")
        talk = talk.taps(_opening_more(question, category))


def _remark(question: Question, language: str) -> str:
    remark = f"the office reads: {question.label[language]}"
    if question.only_if is None:
        return remark
    code, wanted = question.only_if
    return f"{remark}; asked only after [{code}] {' or '.join(wanted)}"


def _opening_more(question: Question, category: Category) -> str:
    """The choice behind which there is another question, "" where any will do."""
    conditions = [q.only_if for q in category.questions if q.only_if and q.only_if[0] == question.code]
    return conditions[0][1][0] if conditions else ""


def _ending(language: str, book: Book) -> Iterator[str]:
    for title, say in (
        ("the receipt", receipt_words(language, _EXAMPLE_RECEIPT, _EXAMPLE_TOKEN, book)),
        ("the receipt of what happens now", receipt_words(language, _EXAMPLE_RECEIPT, None, book)),
        ("something was added", addition_words(language, _EXAMPLE_TOKEN, book)),
        ("added, happening now", addition_words(language, None, book)),
    ):
        yield from ("", f"[{title}]", *printed(say, "  "))
    yield from _left_alone(language, book)


def _left_alone(language: str, book: Book) -> Iterator[str]:
    """What becomes of a conversation in which nothing more is said, by the answer to "send it if I stop?"."""
    talk = begun(language, book, book.catalogue.categories[0].code)
    while talk.asked != "partial":
        talk = talk.taps("no" if talk.asked == "police" else "")
    reminded = talk.goes((TICK,))
    yield from ("", f"[nothing said for {REMIND_AFTER_S // 3600} hours]", *printed(reminded.step.say, "  "))
    for code in ("yes", "no"):
        late = talk.taps(code).goes((TICK, TICK))
        yield f"[nothing said for {GIVE_UP_AFTER_S // 3600} hours; send if I stop: {code}]"
        yield from printed(late.step.say[len(reminded.step.say) :], "  ")


def _keywords(language: str, book: Book) -> Iterator[str]:
    draft = begun(language, book, book.catalogue.categories[0].code)
    for name, spellings in KEYWORDS.items():
        yield from ("", f"[{name}] {', '.join(spellings)}")
        heard = Heard("text", text=spellings[0])
        for when, talk in (("in a conversation", draft), ("without one", Talk(book))):
            yield from (f"  {when}:", *printed(talk.hears(heard).step.say, "    "))


def _danger(language: str, book: Book) -> Iterator[str]:
    for one, spellings in book.phrases.danger.items():
        yield f"  {one}: {', '.join(spellings)}"
    yield from ("", *printed((words(language, "danger_card", book),), "  "))


def _templates(language: str, book: Book) -> Iterator[str]:
    for template in book.catalogue.templates:
        yield from ("", f"[{template.code}] {template.name[language]}")
        yield from block(template.words[language], "  | ")
        for parameter in template.parameters:
            for value in parameter.values:
                yield f"    {{{parameter.code}}} [{value.code}] {value.label[language]}"


def _labels(language: str, book: Book) -> Iterator[str]:
    for code, label in book.catalogue.labels.items():
        yield f"  [{code}] {label[language]}"


def _phrases(language: str, book: Book) -> Iterator[str]:
    for key, text in book.phrases.by_language[language].items():
        yield f"  [{key}]"
        yield from block(text, "    | ")
