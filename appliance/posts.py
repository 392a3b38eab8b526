"""Posts: the offices to which a case can be given, and the SP's, which is told of what is late."""

from dataclasses import dataclass

from sync.catalogue import Words
from sync.directory import Directory, District, Thana

_KOTWALI_HI = " कोतवाली"
_CIRCLES_HI = {"City": "नगर", "Sadar": "सदर", "Sadar (City)": "सदर (नगर)"}


@dataclass(frozen=True)
class Post:
    """``code`` is what a case keeps ("SHO JNP-01", "CO City", "SP JNP"), ``name`` what people read."""

    code: str
    name: Words


def posts(directory: Directory, district: str | None = None) -> tuple[Post, ...]:
    """The circle officers, then the heads of the thanas; of one district, or of all for a range node (None)."""
    thanas = [t for t in directory.thanas if district is None or t.district == district]
    circles = dict.fromkeys(thana.circle for thana in thanas if thana.circle)
    return (*(_of_circle(directory, circle) for circle in circles), *(_of_thana(thana) for thana in thanas))


def held_at(directory: Directory, node: str) -> tuple[Post, ...]:
    """The posts whose holders a node knows: the district's SP, who is given no case, before those of ``posts``.

    A range node has those of all its districts and no SP's: what is late there is at the top.
    """
    district = directory.node(node).district
    above = tuple(_of_district(one) for one in directory.districts if one.code == district)
    return (*above, *posts(directory, district))


def superintendent(directory: Directory, node: str) -> str:
    """Code of the SP's post over a district's box; "" at a range node."""
    district = directory.node(node).district
    return next((_of_district(one).code for one in directory.districts if one.code == district), "")


def of_thana(directory: Directory, code: str) -> tuple[str, ...]:
    """Codes of the posts over the people of a thana: its own, and its circle's where that is known."""
    thana = directory.thana(code)
    if thana is None:
        return ()
    circle = (_code(thana.circle),) if thana.circle else ()
    return (_of_thana(thana).code, *circle)


def thanas_of(directory: Directory, post: str) -> tuple[str, ...]:
    """Codes of the thanas under a circle's post; none for another's."""
    return tuple(thana.code for thana in directory.thanas if thana.circle and _code(thana.circle) == post)


def beside(directory: Directory, post: str) -> frozenset[str]:
    """Codes of the posts from which a case about the people of a thana of this post is kept, itself too; none where it
    is the post of neither a thana nor a circle."""
    codes = thanas_of(directory, post) or (post.removeprefix("SHO "),)
    return frozenset(one for code in codes for one in of_thana(directory, code))


def circle_over(directory: Directory, post: str) -> str:
    """Code of the circle's post over a thana's post; "" where the circle is not known, and over any other post."""
    above = of_thana(directory, post.removeprefix("SHO "))
    return above[1] if len(above) > 1 and above[0] == post else ""


def _of_district(district: District) -> Post:
    names = {"en": f"SP {district.name_en}", "hi": f"पुलिस अधीक्षक {district.name_hi}"}
    return Post(f"SP {district.code}", names)


def circle_name(directory: Directory, circle: str) -> Words:
    """How a circle is called: most bear the name of the thana where their officer sits."""
    seats = (
        thana.name_hi.removesuffix(_KOTWALI_HI)
        for thana in directory.thanas
        if thana.name_en in (circle, f"{circle} Kotwali")
    )
    return {"en": circle, "hi": _CIRCLES_HI.get(circle) or next(seats, circle)}


def _code(circle: str) -> str:
    return f"CO {circle}"


def _of_circle(directory: Directory, circle: str) -> Post:
    name = circle_name(directory, circle)
    return Post(_code(circle), {"en": f"CO {name['en']}", "hi": f"क्षेत्राधिकारी {name['hi']}"})


def _of_thana(thana: Thana) -> Post:
    return Post(f"SHO {thana.code}", {"en": f"SHO {thana.name_en}", "hi": f"थाना प्रभारी {thana.name_hi}"})
