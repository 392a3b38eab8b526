"""``satark relay``: the three processes of a relay. Each may be killed at any instruction."""

import os
import sys
from pathlib import Path

import click

from relay import config, phrases, processes, review, wrapping
from relay.config import RelayConfig
from relay.dialogue import Book
from relay.epochs import EpochStore, shares_device
from sync import catalogue, faults, journal, memory, stopping

ROOT = click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    required=True,
    help="The relay's folder.",
)


@click.group()
def relay() -> None:
    """The citizens' side: webhook, conversation, line."""


@relay.command()
@ROOT
def web(root: Path) -> None:
    """Takes WhatsApp's webhooks (gunicorn)."""
    memory.forbid_cores()  # stays so in gunicorn; its workers hide the rest by themselves
    host, port = config.load(root).listen
    # Threads wait for one commit together; more of them make it larger. The proxy in front keeps its connections for
    # a minute: were ours closed sooner, it would lose a POST now and then and WhatsApp had to come again.
    arguments = ["--bind", f"{host}:{port}", "--workers", "2", "--threads", "8", "--worker-class", "gthread"]
    arguments += ["--keep-alive", "75"]
    arguments += ["--no-control-socket", "--log-level", "warning", "--limit-request-line", "2048"]
    app = f"relay.wsgi:serve({str(root)!r})"
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments, app])  # noqa: S606 - no shell


@relay.command()
@ROOT
def intake(root: Path) -> None:
    """Holds the conversations, fetches photos, sends messages."""
    processes.run_intake(_start(root), stopping.on_signal(), os.environ)


@relay.command()
@ROOT
def link(root: Path) -> None:
    """Releases reports, keeps the line to the boxes, sends answers."""
    processes.run_link(_start(root), stopping.on_signal(), os.environ)


@relay.command("init-epochs")
@ROOT
@click.option(
    "--same-device", is_flag=True, help="Take a plain store on the relay's own disk: for trials only."
)
def init_epochs(root: Path, same_device: bool) -> None:
    """Marks the mounted volume of epoch_store as this relay's; once, before its first start."""
    settings = config.load(root)
    folder, is_plain = settings.epoch_store, settings.epoch_store_wrap == "none"
    if is_plain and shares_device(folder, root) and not same_device:
        raise click.ClickException(
            f"{folder} lies on the relay's own disk: whoever takes it would have both halves of every number. "
            'Mount the second volume there first; with a TPM, epoch_store_wrap = "tpm"; for a trial, --same-device'
        )
    wrapping.prove(wrapping.of(settings.epoch_store_wrap))
    EpochStore.initialise(folder)
    click.echo(
        f"Epoch keys will be made in {folder}{'' if is_plain else ', for the TPM of this machine alone'}"
    )


@relay.command()
@click.argument("language")
@click.option(
    "--places",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of districts.csv and thanas.csv; without it no district is offered.",
)
def tree(language: str, places: Path | None) -> None:
    """Prints the whole conversation in one language, for reading it over; needs no relay."""
    book = Book(catalogue.load(), review.sample_directory(places), phrases.load())
    review.check_book(book)
    click.echo(review.tree(language, book), nl=False)


def _start(root: Path) -> RelayConfig:
    memory.hide()
    journal.start()
    settings = config.load(root)
    if settings.fault_point:
        faults.arm(settings.fault_point)
    return settings
