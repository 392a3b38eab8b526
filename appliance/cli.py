"""Command line of the box: ``satark box link``, ``satark box jobs`` and ``satark box people``."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from appliance import digest, evidence, line
from appliance import jobs as timetable
from appliance import people as office
from appliance.desk import BOX, ROLES, Desk, open_desk
from appliance.figures import outline
from sync import exchange, journal, memory, stopping
from sync.db import transaction
from sync.errors import SatarkError

T = TypeVar("T")

root_option = click.option(
    "--root",
    required=True,
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The box's root folder.",
)


def _desk(root: Path) -> Desk:
    try:
        return open_desk(root, time.time)
    except SatarkError as error:
        raise click.ClickException(str(error)) from error


def _keep_to_ourselves() -> None:
    memory.forbid_cores()
    journal.start()


@click.command()
@root_option
def jobs(root: Path) -> None:
    """Run the timetable: digests, checks, what is to be forgotten."""
    _keep_to_ourselves()
    timetable.serve(_desk(root), os.environ)


@click.command()
@root_option
def link(root: Path) -> None:
    """Keep the line: take reports and files, send answers and digests."""
    _keep_to_ourselves()
    try:
        line.run_link(root, stopping.on_signal(), os.environ)
    except SatarkError as error:
        raise click.ClickException(str(error)) from error


@click.command()
@root_option
def restored(root: Path) -> None:
    """Say that this box was restored from a backup: what came after it is then sent again."""
    desk = _desk(root)
    with transaction(desk.conn):
        epoch = exchange.new_epoch(desk.conn)
        digest.resend_all(desk.conn)
    missing = evidence.ask_for_missing(desk)
    click.echo(
        f"The database is called {epoch} now. The relay sends again what it keeps, {missing} evidence files too;"
        " the range gets all counts anew."
    )


@click.command("outline")
@root_option
@click.option("--source", required=True, help="Who drew it and when: shown below the map.")
@click.option("--licence", required=True, help="On what terms it may be shown.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_outline(root: Path, source: str, licence: str, file: Path) -> None:
    """Draw the map of thanas over an outline from a GeoJSON file; it takes the place of the one before."""
    try:
        loaded = outline.load(_desk(root).conn, file.read_bytes(), source, licence, time.time())
    except SatarkError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The map has the outline now; SHA-256 of its file: {loaded.sha256}")


@click.group()
def people() -> None:
    """People who sign in on this box."""


@people.command("add")
@root_option
@click.option("--name", required=True, help="Login name: a-z 0-9 . _ -")
@click.option("--display", required=True, help="The name shown to others.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What this person may do.")
@click.option("--post", default="", help='For the roles co and sho: whose desk, e.g. "SHO JNP-01".')
def add(root: Path, name: str, display: str, role: str, post: str) -> None:
    """Add a person; prints a first password, which he changes at his first sign-in."""
    _tell(name, _made(lambda desk: office.hire(desk, BOX, name, display, role, post), root))


@people.command("reset")
@root_option
@click.option("--name", required=True, help="Login name.")
@click.option(
    "--second-factor", is_flag=True, help="Also forget phone and printed codes: he sets up new ones."
)
def reset(root: Path, name: str, second_factor: bool) -> None:
    """Give a person who is shut out a new first password; whoever is signed in as him is out."""
    first = _made(lambda desk: office.reset(desk, BOX, name), root)
    if second_factor:
        _made(lambda desk: office.drop_factor(desk, BOX, name), root)
    _tell(name, first)


@people.command("unlock")
@root_option
def unlock(root: Path) -> None:
    """Forget failed sign-ins: nobody waits any more."""
    _made(office.forgive, root)
    click.echo("Nobody waits any more.")


@people.command("list")
@root_option
def list_(root: Path) -> None:
    """Show everybody, with roles."""
    for person in office.everybody(_desk(root)):
        click.echo(
            f"{person.name:20} {person.role:12} {'' if person.active else 'inactive  '}{person.display}"
        )


def _made(do: Callable[[Desk], T], root: Path) -> T:
    try:
        return do(_desk(root))
    except SatarkError as error:
        raise click.ClickException(str(error)) from error


def _tell(name: str, first: str) -> None:
    click.echo(f"{name} signs in with the first password   {first}")
    click.echo("It holds for 3 days and must be changed at the first sign-in. It is not shown again.")
