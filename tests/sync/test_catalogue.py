"""The catalogue as it ships, and what is wrong with it said clearly."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import catalogue
from sync.catalogue import LANGUAGES, Catalogue, Question
from sync.errors import ConfigError


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(catalogue.FOLDER, tmp_path / "catalogue"))


def test_sixteen_categories_in_the_order_of_the_file(shipped: Catalogue) -> None:
    assert len(shipped.categories) == 16
    assert shipped.categories[0].code == "cattle"
    assert shipped.categories[-1].code == "other"


def test_only_police_corruption_goes_to_the_range(shipped: Catalogue) -> None:
    assert [c.code for c in shipped.categories if c.route == catalogue.TO_RANGE] == ["police_corruption"]


def test_every_menu_row_fits_whatsapp(shipped: Catalogue) -> None:
    for category in shipped.categories:
        for language in LANGUAGES:
            assert len(category.menu[language].encode("utf-16-le")) // 2 <= 24, category.code


def test_serious_crimes_ask_for_the_cameras_place_and_time_only_where_there_is_one(
    shipped: Catalogue,
) -> None:
    for code in ("heinous", "women_child", "human_trafficking", "arms", "extortion", "organised"):
        asked = {question.code: question for question in _questions(shipped, code)}
        assert asked["cctv_place"].only_if == ("cctv", ("have", "know")), code
        assert [option.code for option in asked["cctv"].options] == ["have", "know", "no"], code


def test_every_category_has_a_few_questions_of_its_own_and_asks_how_it_is_known(shipped: Catalogue) -> None:
    for category in shipped.categories:
        assert 3 <= sum(question.only_if is None for question in category.questions) <= 5, category.code
        assert [o.code for o in category.questions[-1].options] == ["self", "heard"], category.code
    assert {path.stem for path in (catalogue.FOLDER / "questions").iterdir()} == {
        category.code for category in shipped.categories
    }


def test_every_choice_is_a_button_that_fits(shipped: Catalogue) -> None:
    for category in shipped.categories:
        for question in category.questions:
            assert len(question.options) <= 3, (category.code, question.code)
            for option in question.options:
                assert all(len(text.encode("utf-16-le")) // 2 <= 20 for text in option.label.values()), option


def test_crimes_against_women_and_children_begin_with_who_helps_now(shipped: Catalogue) -> None:
    for code in ("women_child", "human_trafficking"):
        for prompt in _questions(shipped, code)[0].prompt.values():
            assert prompt.index("1098") < prompt.index("1090") < prompt.index("112") < prompt.index("?")


def _questions(shipped: Catalogue, code: str) -> tuple[Question, ...]:
    category = shipped.category(code)
    assert category is not None
    return category.questions


def test_version_languages_and_groups_are_data(shipped: Catalogue) -> None:
    assert shipped.version >= 2
    assert shipped.languages == LANGUAGES
    assert {category.group for category in shipped.categories} == set(shipped.groups)


def test_question_and_option_codes_are_unique_where_they_are_used(shipped: Catalogue) -> None:
    for category in shipped.categories:
        codes = [question.code for question in category.questions]
        assert len(set(codes)) == len(codes)
        for question in category.questions:
            options = [option.code for option in question.options]
            assert len(set(options)) == len(options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_every_template_can_be_said(shipped: Catalogue, language: str) -> None:
    for template in shipped.templates:
        values = [[value.code for value in parameter.values] for parameter in template.parameters]
        for chosen in values[0] if values else [None]:
            text = template.text(language, (chosen,) if chosen else ())
            assert "{" not in text
            assert 0 < len(text) <= 1024


def test_a_template_takes_no_value_but_those_of_its_list(shipped: Catalogue) -> None:
    template = shipped.template("action_taken")
    assert template is not None
    with pytest.raises(ConfigError, match="does not take"):
        template.text("hi", ("see you at http://evil",))
    with pytest.raises(ConfigError, match="takes 1 parameters, got 0"):
        template.text("hi", ())


def test_what_is_not_there_is_none_and_a_label_falls_back_to_its_code(shipped: Catalogue) -> None:
    assert shipped.category("nothing") is None
    assert shipped.template("nothing") is None
    assert shipped.label("nothing", "hi") == "nothing"
    assert shipped.label("yes", "hi") == "हां"


Change = Callable[[Any], object]


def _edit(copy: Path, name: str, change: Change) -> None:
    """Rewrites one JSON file after ``change`` altered what it holds."""
    path = copy / name
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


QUESTION_FAULTS: list[tuple[Change, str]] = [
    (lambda raw: raw[0].pop("code"), r"heinous\.json: number 1: lacks 'code'"),
    (lambda raw: raw[0].pop("label"), r"heinous\.json: what: lacks 'label'"),
    (lambda raw: raw[0]["prompt"].pop("hi"), r"heinous\.json: what: prompt: .*'hi' are missing"),
    (lambda raw: raw[0]["prompt"].update(hi=" "), r"heinous\.json: what: prompt: .*'hi' are missing"),
    (lambda raw: raw[0]["prompt"].update(hi="क "), r"heinous\.json: what: prompt: .*a space"),
    (lambda raw: raw[0]["prompt"].update(ur="x"), r"heinous\.json: what: prompt: there is no language 'ur'"),
    (lambda raw: raw[0].update(prompt="?"), r"heinous\.json: what: prompt: wanted the words"),
    (lambda raw: raw[0].update(promt={}), r"heinous\.json: what: 'promt' is not known here"),
    (lambda raw: raw[0].update(code="क्या"), r"heinous\.json: क्या: the code is"),
    (lambda raw: raw[0].update(code="What?"), r"the code is 'What\?', wanted: small letters"),
    (lambda raw: raw[0].update(options=[]), r"heinous\.json: what: its options are empty"),
    (lambda raw: raw[0].update(options={}), r"heinous\.json: what: its options are empty"),
    (lambda raw: raw[0].update(options={"a": 1}), r"heinous\.json: what: 'options' is no list"),
    (lambda raw: raw[0]["options"][1].update(code="murder"), r"what: options: 'murder' is there twice"),
    (lambda raw: raw[0]["options"][1].update(hi="कुछ और"), r"what: options \(hi\): 'कुछ और' is there twice"),
    (lambda raw: raw[0]["options"][1].pop("en"), r"what: options: robbery: .*'en' are missing"),
    (lambda raw: raw.append(raw[0]), r"heinous\.json: 'what' is there twice"),
    (lambda raw: raw.clear(), r"heinous\.json: there is no question"),
    (lambda raw: raw.append("x"), r"heinous\.json: number 7: wanted an object"),
    (
        lambda raw: raw[4]["only_if"].update(question="gone"),
        r"cctv_place: only_if: there is no question 'gone'",
    ),
    (lambda raw: raw[4]["only_if"].update(question="source"), r"no question 'source' before this one"),
    (lambda raw: raw[4]["only_if"].update(choices=["x"]), r"only_if: the question 'cctv' has no choice 'x'"),
    (lambda raw: raw[4]["only_if"].update(choices=[]), r"only_if: choices is no list"),
    (lambda raw: raw[4]["only_if"].update(choices=["have", "have"]), r"only_if: 'have' is there twice"),
    (lambda raw: raw[4]["only_if"].pop("choices"), r"cctv_place: only_if: lacks 'choices'"),
]
HEAD_FAULTS: list[tuple[Change, str]] = [
    (lambda raw: raw.pop("version"), r"catalogue\.json: lacks 'version'"),
    (lambda raw: raw.update(version="2"), r"catalogue\.json: version is '2'"),
    (lambda raw: raw.update(version=True), r"catalogue\.json: version is True"),
    (lambda raw: raw.update(languages="hi"), r"catalogue\.json: languages is no list"),
    (lambda raw: raw.update(languages=["hi"]), r"catalogue\.json: languages lacks 'en'"),
    (
        lambda raw: raw.update(languages=["hi", "en", "hi"]),
        r"catalogue\.json: languages: 'hi' is there twice",
    ),
    (lambda raw: raw.update(languages=["hi", "en", "bho"]), r"'bho'"),
    (lambda raw: raw.update(groups=[]), r"catalogue\.json: groups: wanted an object"),
    (lambda raw: raw["groups"]["police"].pop("hi"), r"catalogue\.json: groups: police: .*'hi' are missing"),
]
TEMPLATE_FAULTS: list[tuple[Change, str]] = [
    (lambda raw: raw[1]["words"].update(hi="{x}"), r"templates\.json: action_taken: the places of hi are"),
    (lambda raw: raw[1]["words"].update(hi="{action:>{x}}"), r"action_taken \(hi\): .* only a name"),
    (lambda raw: raw[1]["words"].update(hi="{"), r"templates\.json: action_taken \(hi\): a lone"),
    (lambda raw: raw[1]["parameters"][0].update(values=[]), r"action: there is no value to choose"),
    (lambda raw: raw[1].update(code="taken_up"), r"templates\.json: 'taken_up' is there twice"),
]


@pytest.mark.parametrize(("change", "complaint"), QUESTION_FAULTS)
def test_a_mistake_in_a_question_names_file_and_entry(copy: Path, change: Change, complaint: str) -> None:
    _edit(copy, "questions/heinous.json", change)
    with pytest.raises(ConfigError, match=complaint):
        catalogue.load(copy)


@pytest.mark.parametrize(("change", "complaint"), HEAD_FAULTS)
def test_a_mistake_in_the_head_names_it(copy: Path, change: Change, complaint: str) -> None:
    _edit(copy, "catalogue.json", change)
    with pytest.raises(ConfigError, match=complaint):
        catalogue.load(copy)


@pytest.mark.parametrize(("change", "complaint"), TEMPLATE_FAULTS)
def test_a_mistake_in_an_answer_names_it(copy: Path, change: Change, complaint: str) -> None:
    _edit(copy, "templates.json", change)
    with pytest.raises(ConfigError, match=complaint):
        catalogue.load(copy)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["hi", "what", "cctv"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["hi", "code", "x"]), inner),
    max_leaves=6,
)


def _replaced(raw: Any, path: list[int], by: Any) -> Any:
    """The data with the part at ``path`` (positions, taken around the end) replaced."""
    if not path or not isinstance(raw, dict | list) or not raw:
        return by
    keys = list(raw) if isinstance(raw, dict) else range(len(raw))
    key = keys[path[0] % len(keys)]
    copied: Any = raw.copy()
    copied[key] = _replaced(raw[key], path[1:], by)
    return copied


@given(
    st.sampled_from(["catalogue.json", "labels.json", "templates.json", "questions/heinous.json"]),
    st.lists(st.integers(0, 20), max_size=5),
    JSON,
)
def test_whatever_a_file_holds_is_read_or_refused_by_name(
    copy: Path, name: str, path: list[int], by: Any
) -> None:
    kept = (copy / name).read_text(encoding="utf-8")
    (copy / name).write_text(json.dumps(_replaced(json.loads(kept), path, by)), encoding="utf-8")
    said = Path(name).name
    try:
        catalogue.load(copy)
    except ConfigError as error:
        said = str(error)
    (copy / name).write_text(kept, encoding="utf-8")
    assert Path(name).name in said


def test_a_label_without_a_language_is_named(copy: Path) -> None:
    _edit(copy, "labels.json", lambda raw: raw["yes"].pop("hi"))
    with pytest.raises(ConfigError, match=r"labels\.json: yes: .*'hi' are missing"):
        catalogue.load(copy)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (",box,open,urgent,", ",bin,open,urgent,", r"cattle: route is 'bin', wanted box or range"),
        (",box,open,urgent,", ",box,hidden,urgent,", r"cattle: sensitivity is 'hidden', wanted open or"),
        (",box,open,urgent,", ",box,open,soon,", r"cattle: clock is 'soon', wanted normal or urgent"),
        ("cattle,trafficking,", "cattle,animals,", r"cattle: group is 'animals', wanted trafficking or"),
        ("liquor,trafficking", "cattle,trafficking", r"categories\.csv: 'cattle' is there twice"),
        ("liquor,trafficking", "Liquor,trafficking", r"categories\.csv: the code is 'Liquor'"),
        ("🐄 Cattle smuggling", "", r"categories\.csv: cattle: menu: .*'en' are missing"),
        ("menu_hi", "menu_hindi", r"categories\.csv: the column 'menu_hi' is missing"),
        (",cattle smuggling; cow slaughter", "", r"categories\.csv: line 2 has not as many cells"),
        ("🍶 Illicit liquor", "🐄 Cattle smuggling", r"categories\.csv: menu_en: .* is there twice"),
    ],
)
def test_a_mistake_in_a_category_names_it(copy: Path, old: str, new: str, complaint: str) -> None:
    path = copy / "categories.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        catalogue.load(copy)


def test_a_category_without_its_file_and_a_file_without_its_category_are_named(copy: Path) -> None:
    mining, spare = copy / "questions" / "mining.json", copy / "questions" / "digging.json"
    mining.rename(spare)
    with pytest.raises(ConfigError, match=r"questions/digging\.json: categories\.csv has no category"):
        catalogue.load(copy)
    spare.unlink()
    with pytest.raises(ConfigError, match=r"mining\.json: the file is not there"):
        catalogue.load(copy)


def test_a_third_language_needs_data_only(copy: Path) -> None:
    def also_awadhi(raw: Any) -> None:
        for words in list(_all_words(raw)):
            words["awa"] = words["hi"]

    for path in (*copy.glob("*.json"), *(copy / "questions").glob("*.json")):
        _edit(copy, str(path.relative_to(copy)), also_awadhi)
    _edit(copy, "catalogue.json", lambda raw: raw["languages"].append("awa"))
    table = copy / "categories.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = [f"{lines[0]},menu_awa,awa", *(f"{line},🐄 {n},{n}" for n, line in enumerate(lines[1:]))]
    table.write_text("\n".join(rows), encoding="utf-8")
    loaded = catalogue.load(copy)
    assert loaded.languages == ("hi", "en", "awa")
    assert _questions(loaded, "drugs")[0].prompt["awa"] == _questions(loaded, "drugs")[0].prompt["hi"]


def _all_words(raw: Any) -> Iterator[dict[str, str]]:
    """Every object of a file that holds words by language."""
    if isinstance(raw, dict) and isinstance(raw.get("hi"), str):
        yield raw
    for one in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from _all_words(one)


def test_a_file_that_is_not_json_or_of_another_kind_is_named(copy: Path) -> None:
    for text, complaint in (("[", "not JSON"), ("{}", r"wanted a list of answers")):
        (copy / "templates.json").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError, match=rf"templates\.json: {complaint}"):
            catalogue.load(copy)


def test_a_crime_word_of_no_category_or_in_two_is_refused(copy: Path) -> None:
    path = copy / "crime_words.json"
    for words, told in (
        ({"x": ["a"]}, "no category 'x'"),
        ({"arms": ["Gun"], "drugs": ["gun"]}, "'gun' is there twice"),
        ({"arms": "gun"}, "wanted a list"),
    ):
        path.write_text(json.dumps(words), encoding="utf-8")
        with pytest.raises(ConfigError, match=told):
            catalogue.load(copy)
