"""``satark``: one command line for all parts. A part is imported only when one of its commands is called."""

import click

from provisioning.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    commands_at={
        "relay": ("relay.cli:relay", "The citizens' side: web, intake, link."),
        "box": ("provisioning.cli.box:box", "The office's side: web, link, jobs, people."),
        "node": ("provisioning.cli.node:node", "Enrol this machine and keep its directory up to date."),
        "authority": ("provisioning.cli.authority:authority", "The offline authority: admit, revoke, sign."),
        "posters": ("provisioning.cli.posters:posters_command", "Posters with the QR code, one per thana."),
        "doctor": ("provisioning.cli.doctor:doctor", "What is wrong with a node, what it means, what to do."),
        "demo": ("provisioning.cli.demo:demo", "Everything on this machine, with made-up reports."),
    },
)
def main() -> None:
    """Satark Mitra: anonymous reports to the police."""
