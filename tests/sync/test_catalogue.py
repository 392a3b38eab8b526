"""The catalogue as it ships, and what is wrong with it said clearly."""

import json
import shutil
from pathlib import Path

import pytest

from sync import catalogue
from sync.catalogue import LANGUAGES, Catalogue
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


def test_serious_crimes_ask_for_the_cameras_place_and_time(shipped: Catalogue) -> None:
    heinous = shipped.category("heinous")
    assert heinous is not None
    assert {"cctv", "cctv_place"} <= {question.code for question in heinous.questions}


def test_a_category_without_questions_of_its_own_has_the_common_ones(shipped: Catalogue) -> None:
    mining, other = shipped.category("mining"), shipped.category("other")
    assert mining is not None and other is not None
    assert mining.questions == other.questions


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


def test_a_missing_translation_names_file_and_language(copy: Path) -> None:
    path = copy / "questions" / "drugs.json"
    questions = json.loads(path.read_text(encoding="utf-8"))
    del questions[0]["prompt"]["hi"]
    path.write_text(json.dumps(questions), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"drugs\.json.*'hi'"):
        catalogue.load(copy)


def test_a_question_without_a_code_names_the_file(copy: Path) -> None:
    (copy / "questions" / "default.json").write_text('[{"prompt": {"hi": "a", "en": "b"}}]', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"default\.json: a question lacks 'code'"):
        catalogue.load(copy)


def test_a_file_that_is_not_json_is_named(copy: Path) -> None:
    (copy / "templates.json").write_text("[", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"templates\.json: not JSON"):
        catalogue.load(copy)


def test_an_unknown_route_says_what_is_wanted(copy: Path) -> None:
    path = copy / "categories.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",box,open,urgent,", ",bin,open,urgent,"), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="route is 'bin', wanted box or range"):
        catalogue.load(copy)
