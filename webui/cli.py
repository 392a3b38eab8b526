"""``satark box web``: becomes gunicorn, which serves the office's pages on the LAN."""

import os
import sys
from pathlib import Path

import click

from appliance import config as box_config
from appliance.config import BoxConfig

WORKERS, THREADS = 2, 4
LONGEST_LINE_BYTES = 2048
STOP_S = 10


def gunicorn_arguments(root: Path, config: BoxConfig) -> list[str]:
    """How gunicorn is started: no access log (addresses name cases), no control socket, TLS of the box's own name.

    No ``--preload``: each worker opens its own databases. Sockets that systemd passes (LISTEN_FDS) are taken by
    gunicorn itself and win over ``--bind``, because this process keeps its id when it becomes gunicorn.
    """
    host, port = config.listen
    arguments = [
        *("--bind", f"{host}:{port}", "--worker-class", "gthread"),
        *("--workers", str(WORKERS), "--threads", str(THREADS)),
        *(
            "--log-level",
            "warning",
            "--graceful-timeout",
            str(STOP_S),
            "--limit-request-line",
            str(LONGEST_LINE_BYTES),
        ),
        *("--forwarded-allow-ips", "", "--no-control-socket", "--name", "satark-web"),
    ]
    if config.tls:
        arguments += ["--certfile", str(root / "tls/lan.pem"), "--keyfile", str(root / "tls/lan.key")]
    return [*arguments, f"webui.app:serve({str(root)!r})"]


@click.command()
@click.option(
    "--root",
    required=True,
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The box's root folder.",
)
def web(root: Path) -> None:
    """Serve the office's pages on the LAN."""
    command = [sys.executable, "-m", "gunicorn", *gunicorn_arguments(root, box_config.load(root))]
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted: an argument list, our own interpreter
