import re
from xml.etree import ElementTree

from provisioning.posters import Poster, link

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
RUN = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


def test_letters_are_outlines_that_all_exist(sikrara: Poster) -> None:
    root = ElementTree.fromstring(sikrara.svg())
    forms = {path.get("id") for path in root.iter(f"{SVG}path")}
    named = {(use.get(HREF) or "")[1:] for use in root.iter(f"{SVG}use")}

    assert len(named) > 100 and named <= forms
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "defs", "path", "g", "use",
    }  # fmt: skip


def test_it_names_nothing_outside_itself_and_nobody(sikrara: Poster) -> None:
    text = sikrara.svg().decode()
    text = text.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")

    assert not re.search(r"https?:|url\(|@|<!--|<metadata|fpdf|segno|20\d\d-\d\d", text)


def test_the_square_that_is_drawn_is_the_code_of_the_link(sikrara: Poster) -> None:
    wanted = link.matrix(sikrara.link)
    (drawn,) = (runs for runs in re.findall(r'd="([^"]+)"', sikrara.svg().decode()) if RUN.match(runs))
    runs = [tuple(map(float, run)) for run in RUN.findall(drawn)]
    left, top, side = min(run[0] for run in runs), min(run[1] for run in runs), runs[0][3]
    dark = {
        (round((y - top) / side), round((x - left) / side) + step)
        for x, y, width, _ in runs
        for step in range(round(width / side))
    }

    assert dark == {(y, x) for y, row in enumerate(wanted) for x, module in enumerate(row) if module}
