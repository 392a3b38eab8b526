"""``satark node``: enrols the machine it runs on."""

import tomllib
from pathlib import Path

import click

from provisioning import enrol as enrolment
from provisioning import papers
from sync.errors import ConfigError

root_option = click.option(
    "--root", required=True, type=click.Path(path_type=Path, file_okay=False), help="The node's root folder."
)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group()
def node() -> None:
    """Enrol this machine and keep its directory up to date."""


@node.command()
@root_option
@click.option("--role", required=True, type=click.Choice(papers.ROLES), help="What this machine is to be.")
@click.option("--district", help="Code of a box's district, such as JNP.")
@click.option(
    "--lan-name", "lan_names", multiple=True, help="A name or address of a box on its LAN; repeat for more."
)
def request(root: Path, role: str, district: str | None, lan_names: tuple[str, ...]) -> None:
    """Make this machine's keys and the request to carry to the authority."""
    path = enrolment.request(root, role, district, lan_names)
    click.echo(f"carry to the authority: {path}")
    click.echo(f"and read these digits out there: {papers.read_request(path).digits}")


@node.command()
@root_option
@click.argument("bundle", type=FILE)
@click.option("--broker", help="Where the broker is, host:port.")
@click.option(
    "--settings", type=FILE, help="A TOML file with this node's other settings (a relay's secrets too)."
)
@click.option("--authority", help="The authority's key as its screen shows it, 64 hex digits.")
def enrol(root: Path, bundle: Path, broker: str | None, settings: Path | None, authority: str | None) -> None:
    """Check what the authority gave, and install it."""
    values = _settings(settings)
    if broker:
        values["broker"] = broker
    key = enrolment.verify_key(authority) if authority else None
    installed = enrolment.enrol(root, bundle, values, key)
    click.echo(f"enrolled; directory version {installed.version}, {len(installed.nodes)} nodes")


@node.command()
@root_option
@click.argument("file", type=FILE)
def directory(root: Path, file: Path) -> None:
    """Take a newer directory. Restart the services afterwards."""
    before = enrolment.load_directory(root).version
    taken = enrolment.update_directory(root, file)
    is_new = taken.version > before
    click.echo(
        f"{'' if is_new else 'already installed: '}directory version {taken.version}, {len(taken.nodes)} nodes"
    )


@node.command("move-secrets")
@root_option
def move_secrets(root: Path) -> None:
    """Take a relay's secrets out of config.toml, each into a file of its own."""
    moved = enrolment.move_secrets(root)
    said = f"moved into {root / 'secrets'}: {', '.join(moved)}; now systemd-tmpfiles --create"
    click.echo(said if moved else "nothing to move")


def _settings(path: Path | None) -> dict[str, enrolment.Setting]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path}: not TOML ({error})") from error
    for key, value in values.items():
        if not isinstance(value, str | int | float | bool):
            raise ConfigError(f"{path}: {key} is no text, number, true or false")
    return values
