"""``satark doctor``: looks, and changes nothing."""

import time
from pathlib import Path

import click

from provisioning.doctor import examine, is_healthy, lines, to_json
from provisioning.doctor.machine import Machine


@click.command()
@click.option(
    "--root", required=True, type=click.Path(path_type=Path, file_okay=False), help="The node's root folder."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: a list of checks.")
@click.pass_context
def doctor(context: click.Context, root: Path, as_json: bool) -> None:
    """Looks at a node and says what is wrong. Exit code 1 when anything failed, 0 with warnings only."""
    checks = examine(root, Machine(time.time))
    click.echo(to_json(checks) if as_json else "\n".join(lines(checks)))
    context.exit(0 if is_healthy(checks) else 1)
