"""``satark box``: the commands of the box's own programs."""

import click

from provisioning.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    commands_at={
        "web": ("webui.cli:web", "Serve the office's pages on the LAN."),
        "link": ("appliance.cli:link", "Keep the line to the relay: reports in, answers out."),
        "jobs": ("appliance.cli:jobs", "Run the timetable: digests, checks, what is to be forgotten."),
        "restored": ("appliance.cli:restored", "Say that this box was restored from a backup."),
        "outline": ("appliance.cli:import_outline", "Draw the map of thanas over an outline (GeoJSON)."),
        "people": ("appliance.cli:people", "People who sign in on this box."),
    },
)
def box() -> None:
    """The office's side, on the police's own machine."""
