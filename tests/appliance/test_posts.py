from dataclasses import replace

from appliance.posts import circle_name, held_at, posts, superintendent
from tests.appliance.office import DIRECTORY


def test_a_district_has_its_circles_and_thanas() -> None:
    assert [post.code for post in posts(DIRECTORY, "JNP")] == ["CO City", "SHO JNP-01", "SHO JNP-02"]


def test_a_range_has_those_of_all_districts() -> None:
    assert [post.code for post in posts(DIRECTORY)] == [
        *("CO City", "CO Sadar", "SHO JNP-01", "SHO JNP-02", "SHO GZP-01")
    ]


def test_the_sp_above_them_can_be_told_and_is_given_no_case() -> None:
    above, *below = held_at(DIRECTORY, "n0000000b")
    assert (above.code, above.name) == ("SP JNP", {"en": "SP Jaunpur", "hi": "पुलिस अधीक्षक जौनपुर"})
    assert tuple(below) == posts(DIRECTORY, "JNP")
    assert superintendent(DIRECTORY, "n0000000b") == above.code


def test_a_range_has_no_superintendent() -> None:
    assert held_at(DIRECTORY, "n0000000c") == posts(DIRECTORY)
    assert superintendent(DIRECTORY, "n0000000c") == ""


def test_a_post_has_a_name_in_both_languages() -> None:
    (first, *_, last) = posts(DIRECTORY, "JNP")
    assert (first.name["en"], last.name["hi"]) == ("CO City", "थाना प्रभारी लाइन बाजार")


def test_a_circle_is_called_in_hindi_as_the_thana_where_it_sits() -> None:
    seat = replace(DIRECTORY.thanas[0], circle="Line Bazar")
    directory = replace(DIRECTORY, thanas=(seat, *DIRECTORY.thanas[1:]))
    assert circle_name(directory, "Line Bazar") == {"en": "Line Bazar", "hi": "लाइन बाजार"}
    assert circle_name(directory, "City")["hi"] == "नगर"
    assert circle_name(directory, "Nowhere")["hi"] == "Nowhere"
    main = replace(
        DIRECTORY.thanas[0], circle="Mughalsarai", name_en="Mughalsarai Kotwali", name_hi="मुगलसराय कोतवाली"
    )
    with_main = replace(DIRECTORY, thanas=(main, *DIRECTORY.thanas[1:]))
    assert circle_name(with_main, "Mughalsarai") == {"en": "Mughalsarai", "hi": "मुगलसराय"}
    assert posts(directory)[0].name["hi"] == "क्षेत्राधिकारी लाइन बाजार"
