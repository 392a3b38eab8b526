"""``satark demo``: everything on this machine, shown or played."""

import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import click

from provisioning.demo import history, officers, story, world
from provisioning.demo.fleet import BOXES, Pace
from provisioning.demo.story import Telling
from provisioning.demo.world import World
from relay.simulator.client import Phone
from sync.errors import SatarkError

ONCE = Pace(
    undo_s=0.5,
    jitter_max_s=0.5,
    reply_delay_min_s=0.1,
    reply_delay_max_s=0.3,
    digest_every_s=1.0,
    album_quiet_s=0.5,
)


@click.command()
@click.option(
    "--once", is_flag=True, help="Play the whole story without a person, check it, end with 0 or 1."
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to work in (default: a new one, removed).",
)
@click.option(
    "--broker", default="", help="mosquitto, amqtt, or HOST:PORT of one that runs (default: what is there)."
)
@click.option(
    "--graph-url", default=None, help="Another WhatsApp simulator's address (default: ours, started)."
)
def demo(once: bool, state: Path | None, broker: str, graph_url: str | None) -> None:
    """Three boxes, a range node, a relay and a phone on this machine, really enrolled; Ctrl-C ends it."""
    folder = state or Path(tempfile.mkdtemp(prefix="satark-demo-"))
    kind = broker or ("mosquitto" if _has_mosquitto() else "amqtt")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's "&" would have it ignored
    try:
        sys.exit(_run(folder, kind, graph_url, once))
    finally:
        if state is None:
            shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, broker: str, graph_url: str | None, once: bool) -> int:
    began = time.monotonic()
    pace = ONCE if once else Pace()
    _announce(broker, pace)
    if folder.exists() and any(folder.iterdir()):
        raise SatarkError(f"{folder} is not empty", hint="Give --state an empty folder, or remove this one")
    made = world.build(folder, broker, pace, graph_url)
    try:
        if not once:
            _seed(made)
        made.start_all()
        path = made.write_description()
        click.echo(
            f"enrolled 5 nodes, started {len(made.processes)} processes in {time.monotonic() - began:.1f} s"
        )
        return _play(made) if once else _show(made, path)
    finally:
        for number in (
            signal.SIGTERM,
            signal.SIGINT,
        ):  # an impatient second one must not leave processes behind
            signal.signal(number, signal.SIG_IGN)
        world.dismantle(made)


def _announce(broker: str, pace: Pace) -> None:
    click.echo("Satark Mitra demo: a throw-away authority, real keys and certificates, a simulated WhatsApp.")
    click.echo(
        f"Waits are shortened: undo {pace.undo_s:g} s (5 min in production), release jitter ≤ {pace.jitter_max_s:g} s"
        f" (30 min), answers after {pace.reply_delay_min_s:g}-{pace.reply_delay_max_s:g} s (5-60 min), no quiet hours,"
        f" photos counted after {pace.album_quiet_s:g} s (8 s)."
        " The boxes let people in by the password alone; in production a phone's digits or a printed sheet come second."
    )
    click.echo(
        "The epoch store lies beside the relay's folder here; in production it must be another volume."
    )
    if broker == "amqtt":
        click.echo(
            "Broker: amqtt with names and passwords, because Mosquitto is not installed. No TLS to the broker."
        )


def _play(made: World) -> int:
    telling = Telling(click.echo)
    try:
        story.play(made, telling)
    except story.FAILURES as error:
        click.echo(f"  ✗ {type(error).__name__}: {error}")
        _show_logs(made)
        return 1
    click.echo(f"The story holds. {time.monotonic() - telling.began:.1f} s.")
    return 0


def _show(made: World, path: Path) -> int:
    vimla = _phones(made) if "simulator" in made.processes else None  # another's has phones of its own
    for login, (name, password) in made.logins.items():
        box = login.partition(".")[2]
        click.echo(f"{box:16} https://127.0.0.1:{made.fleet.ports[box]}/   {name:20} {password}")
    click.echo(f"\nAll of it, for scripts: {path}")
    click.echo(f"The pages' certificates are of {made.fleet.state}/lan-ca.pem. Ctrl-C ends everything.")
    with suppress(KeyboardInterrupt):
        if vimla is not None:
            click.echo(story.report_unasked(vimla))
        while not threading.Event().wait(1.0):
            if ended := [name for name, process in made.processes.items() if process.poll() is not None]:
                click.echo(f"{ended[0]} has ended by itself; see {made.fleet.state}/logs/{ended[0]}.log")
                return 1
    return 0


def _phones(made: World) -> Phone:
    """Shows where the phones are: Asha's to type on, one that reports by itself, which it gives, the officers'."""
    url = made.simulator_url
    asha, vimla = Phone.create(url, "Asha"), Phone.create(url, story.UNASKED)
    click.echo(f"\nA phone:         {url}/phone/{asha.id}   Asha's, for you to type on (more: {url}/)")
    click.echo(f"{'':16} {url}/phone/{vimla.id}   {story.UNASKED}'s, which reports by itself: only look on")
    for officer, phone in officers.phones(url):
        click.echo(f"{officer.box:16} {url}/phone/{phone.id}   {officer.name}, {officer.post}")
    return vimla


def _seed(made: World) -> None:
    told = 0
    for box in BOXES:
        if box != "range":
            told += history.seed(made.fleet.roots[box], time.time, random.Random(box))
    officers.appoint(made.fleet.roots, time.time)  # after the seeding: nobody is told of what was invented
    click.echo(
        f"A year of {told:,} invented reports in the districts' boxes; each says that it is of a demo."
    )


def _show_logs(made: World) -> None:
    for log in sorted((made.fleet.state / "logs").glob("*.log")):
        lines = log.read_text(errors="replace").strip().splitlines()
        shown = [line for line in lines if "POST /" not in line and "GET /" not in line][-5:]
        for line in shown:
            click.echo(f"    {log.stem}: {line}")


def _has_mosquitto() -> bool:
    return bool(shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin"))
