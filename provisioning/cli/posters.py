"""``satark posters``: one sheet per thana, ready for the printer."""

from pathlib import Path

import click

from provisioning import directory as seed
from provisioning import enrol, posters
from provisioning.posters import number as numbers
from provisioning.posters import words
from sync import directory as directories
from sync.directory import District, Thana
from sync.errors import ConfigError

PATH = click.Path(path_type=Path)


@click.command("posters")
@click.option(
    "--directory",
    "where",
    type=PATH,
    help="The signed directory.json (with --authority), or a folder with districts.csv and thanas.csv."
    " Without it: the unconfirmed list that comes with the program.",
)
@click.option("--authority", help="The key that signed directory.json, 64 hex digits.")
@click.option(
    "--number", "written", required=True, help="The citizens' WhatsApp number, with + and country code."
)
@click.option("--out", required=True, type=PATH, help="The folder for the files.")
@click.option("--thana", "code", help="Only this thana, such as JNP-07.")
def posters_command(
    where: Path | None, authority: str | None, written: str, out: Path, code: str | None
) -> None:
    """Write a bilingual A4 poster per thana, as PDF and SVG. The same input gives the same files."""
    number, told = numbers.read(written), words.load()
    places = _chosen(_places(where, authority), code)
    made = [posters.poster(thana, district, number, told) for thana, district in places]
    out.mkdir(parents=True, exist_ok=True)
    for poster, (thana, district) in zip(made, places, strict=True):
        (out / f"{poster.code}.pdf").write_bytes(poster.pdf())
        (out / f"{poster.code}.svg").write_bytes(poster.svg())
        click.echo(f"{poster.code} {thana.name_en}, {district.name_en}: {poster.code}.pdf, {poster.code}.svg")
    counted = "1 poster" if len(made) == 1 else f"{len(made)} posters"
    click.echo(f"{counted} in {out}, for {number.shown}: compare it with the business profile")
    if any(not thana.confirmed for thana, _ in places):
        click.echo("the names of these thanas are not confirmed by their district: read before printing")


def _places(where: Path | None, authority: str | None) -> list[tuple[Thana, District]]:
    """Every thana with its district; raises ConfigError when there is no such list."""
    if where is not None and not where.is_dir():
        return _signed(where, authority)
    listed = seed.load(where or seed.FOLDER)
    return _with_districts(listed.thanas, listed.districts)


def _signed(path: Path, authority: str | None) -> list[tuple[Thana, District]]:
    if authority is None:
        raise ConfigError(
            f"{path} is believed only with the key that signed it",
            hint="Add --authority with the 64 hex digits that satark authority init showed.",
        )
    directory = directories.load(path, enrol.verify_key(authority))
    return _with_districts(directory.thanas, directory.districts)


def _with_districts(
    thanas: tuple[Thana, ...], districts: tuple[District, ...]
) -> list[tuple[Thana, District]]:
    by_code = {district.code: district for district in districts}
    return [(thana, by_code[thana.district]) for thana in thanas]


def _chosen(places: list[tuple[Thana, District]], code: str | None) -> list[tuple[Thana, District]]:
    chosen = [place for place in places if code in (None, place[0].code)]
    if not chosen:
        known = f"It knows {places[0][0].code} to {places[-1][0].code}." if places else "It names none."
        raise ConfigError(f"the directory has no thana {code or ''}".rstrip(), hint=known)
    return chosen
