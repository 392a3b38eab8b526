"""``satark authority``: on the technician's machine that is not on the network."""

import time
from pathlib import Path

import click

from provisioning import broker as brokers
from provisioning import papers
from provisioning.authority import Authority
from provisioning.papers import Refused

folder_option = click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The authority's folder.",
)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
TYPED_DIGITS = 8


@click.group()
def authority() -> None:
    """The offline authority: admits and revokes nodes, signs the directory."""


@authority.command()
@folder_option
def init(folder: Path) -> None:
    """Make an authority. Whoever holds its folder can add nodes: keep it encrypted, in a safe."""
    made = Authority.create(folder, time.time)
    click.echo(f"authority {made.public.raw.hex()}")
    click.echo(
        f"correct {folder}/districts.csv and thanas.csv, then: satark authority directory --folder {folder}"
    )


@authority.command()
@folder_option
@click.argument("request", type=FILE)
@click.argument("bundle", type=FILE)
@click.option("--digits", help="The last eight digits on the node's screen; asked for when not given.")
def admit(folder: Path, request: Path, bundle: Path, digits: str | None) -> None:
    """Let in the node that made REQUEST; writes BUNDLE to carry back."""
    ours, asked = Authority.open(folder, time.time), papers.read_request(request)
    member = ours.preauthorise(asked)
    typed = digits or click.prompt(
        f"{member.role} {member.district or ''}: last eight digits on the node's screen"
    )
    if _only_digits(typed) != _only_digits(asked.digits)[-TYPED_DIGITS:]:
        raise Refused(
            "the digits are not those of this request", hint="It is not the one the node made: look again"
        )
    papers.write(bundle, ours.admit(asked))
    click.echo(f"{member.id} admitted; directory version {ours.directory.version}")
    click.echo(f"carry {bundle} back, and {ours.directory_file} to every other node")


@authority.command()
@folder_option
@click.argument("node_id")
@click.option("--broker-folder", type=FOLDER, help="Write the broker's new lists there.")
def revoke(folder: Path, node_id: str, broker_folder: Path | None) -> None:
    """Shut a node out for good."""
    ours = Authority.open(folder, time.time)
    ours.revoke(node_id)
    if broker_folder:
        brokers.refresh(broker_folder, ours.revocations(), ours.access_list())
    click.echo(f"{node_id} revoked; directory version {ours.directory.version}")
    click.echo(
        "now RESTART the broker with the new crl.pem and acl: a reload leaves its open connection alone"
    )


@authority.command()
@folder_option
@click.option(
    "--after", default=0, help="The highest version that any node has, when this folder is an older copy."
)
def directory(folder: Path, after: int) -> None:
    """Sign the directory anew, with what the tables now say."""
    ours = Authority.open(folder, time.time)
    click.echo(f"directory version {ours.publish(after=after).version}: {ours.directory_file}")


@authority.command()
@folder_option
def nodes(folder: Path) -> None:
    """Every node that ever asked, and its state."""
    for member in Authority.open(folder, time.time).nodes:
        click.echo(f"{member.id} {member.state:13} {member.role:9} {member.district or ''}")


@authority.command()
@folder_option
@click.argument("broker_folder", type=FOLDER)
@click.option("--name", "names", multiple=True, required=True, help="A host name or address that nodes dial.")
@click.option("--listen", default="0.0.0.0", show_default=True, help="The address the broker listens on.")  # noqa: S104 - nodes dial in from outside
@click.option("--port", default=8883, show_default=True)
@click.option(
    "--csr", type=FILE, help="A signing request (PEM) made beside the broker; its key then stays there."
)
def broker(
    folder: Path, broker_folder: Path, names: tuple[str, ...], listen: str, port: int, csr: Path | None
) -> None:
    """Write what a Mosquitto needs into BROKER_FOLDER: configuration, certificate, lists, and a key without --csr."""
    request = csr.read_text(encoding="ascii") if csr else brokers.signing_request(broker_folder)
    certified = Authority.open(folder, time.time).certify_broker(request, names)
    path = brokers.install(broker_folder, certified, listen, port)
    if csr is None:
        click.echo(f"start it with: mosquitto -c {path}")
        return
    click.echo(f"carry ca.pem, server.pem, crl.pem and acl of {broker_folder} to {brokers.PRODUCTION_FOLDER}")
    click.echo("on the broker's machine, beside its server.key; its mosquitto.conf: systemd/mosquitto")


@authority.command("broker-conf")
def broker_conf() -> None:
    """Print the settings of the broker in production: systemd/mosquitto/mosquitto.conf."""
    click.echo(brokers.production_conf(), nl=False)


def _only_digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())
