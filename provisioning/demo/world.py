"""The processes of the demo: started, watched, killed and started anew by name."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from appliance import people
from appliance.desk import ANALYST, AUDITOR, CO, RANGE, SCREENER, SHO, SP, SUPERVISOR, TECHNICIAN, open_desk
from provisioning import enrol
from provisioning.broker import Broker
from provisioning.demo.fleet import (
    BOXES,
    DUTY_NUMBER_ID,
    HOST,
    PHONE_NUMBER_ID,
    Fleet,
    Line,
    Pace,
    enrol_all,
    free_port,
)
from provisioning.demo.office import Office
from provisioning.enrol import Setting
from sync.errors import ConfigError, Unavailable

START_S = 120.0
"""Long, for a machine that does much else; a process that ended is told at once."""
STOP_S = 10.0
BROKER_S = 5.0
HIGHEST_PORT = 65535
OUR_PACKAGES = Path(__file__).parents[2]

_STAFF = {
    "sp": (SP, "SP", ""),
    "supervisor": (SUPERVISOR, "Supervisor", ""),
    "screener": (SCREENER, "Screener", ""),
    "co": (CO, "CO Shahganj", "CO Shahganj"),
    "sho": (SHO, "SHO Shahganj", "SHO JNP-10"),
    "analyst": (ANALYST, "Analyst", ""),
    "technician": (TECHNICIAN, "Technician", ""),
    "auditor": (AUDITOR, "Auditor", ""),
}
"""Person of the demo -> role, how he is shown, and the post for which he sits."""
RELAY_PROCESSES = ("relay-web", "relay-intake", "relay-link")


@dataclass
class World:
    """One running demo. ``processes`` by name: simulator, relay-web, relay-intake, relay-link, <box>-web|link|jobs."""

    fleet: Fleet
    runtime_dir: Path
    simulator_url: str
    logins: Mapping[str, tuple[str, str]]
    broker: Broker | None
    packages: Path = OUR_PACKAGES
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every process of ours beside simulator and broker, in the order of starting."""
        return (*RELAY_PROCESSES, *(f"{box}-{part}" for box in BOXES for part in ("link", "jobs", "web")))

    def start_all(self) -> None:
        """Starts every process and waits until pages and webhook answer."""
        for name in self.names:
            self.start(name)
        self.wait_until_serving()

    def start(self, name: str) -> None:
        """Starts one process; its words go to ``logs/<name>.log``."""
        seat, _, part = name.rpartition("-")
        group = "relay" if seat == "relay" else "box"
        command = [
            sys.executable,
            "-u",
            "-m",
            "provisioning",
            group,
            part,
            "--root",
            str(self.fleet.roots[seat]),
        ]
        self.processes[name] = spawn(command, self.fleet.state / "logs" / f"{name}.log", self.packages)

    def wait_until_serving(self, seats: Sequence[str] = ("relay", *BOXES)) -> None:
        """Until the webhook and the boxes' pages accept connections; raises Unavailable naming who does not."""
        for seat in seats:
            name, port = f"{seat}-web", self.fleet.ports[seat]
            wait(partial(self.serves, name, port), f"{name} does not listen", START_S)

    def serves(self, name: str, port: int) -> bool:
        """Whether a process accepts connections on its port; raises Unavailable with its last word if it has ended."""
        if self.processes[name].poll() is not None:
            log = (self.fleet.state / "logs" / f"{name}.log").read_text(errors="replace").strip().splitlines()
            raise Unavailable(f"{name} has ended: {log[-1] if log else 'no word'}")
        return listens(port)

    def kill(self, name: str) -> None:
        """SIGKILL to a process and its workers, as a power cut would."""
        process = self.processes[name]
        if process.poll() is not None:
            return
        workers = _children(process.pid)
        process.kill()
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        process.wait()

    def reboot_relay(self) -> None:
        """Ends the relay's processes at once and empties its runtime folder; they start again one by one."""
        for name in RELAY_PROCESSES:
            self.kill(name)
        shutil.rmtree(self.runtime_dir)
        self.runtime_dir.mkdir(mode=0o700)

    def configure(self, seat: str, **settings: Setting) -> None:
        """Changes values in a node's config.toml; its processes read them when they start."""
        path = self.fleet.roots[seat] / "config.toml"
        path.write_text(enrol.to_toml(tomllib.loads(path.read_text(encoding="utf-8")) | settings), "utf-8")

    def stop(self, name: str) -> None:
        """SIGTERM, then SIGKILL."""
        process = self.processes.pop(name, None)
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self) -> None:
        """Ends everything, the broker last."""
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for name in list(self.processes):
            self.stop(name)
        if self.broker is not None:
            self.broker.stop()

    def office(self, seat: str, person: str = "sp") -> Office:
        """A browser signed in at a box, as its SP (at the range: as the DIG's officer) or as ``screener``."""
        name, password = self.logins[f"{person}.{seat}"]
        office = Office(f"https://{HOST}:{self.fleet.ports[seat]}", self.fleet.authority.lan_ca)
        office.sign_in(name, password)
        return office

    def describe(self) -> dict[str, object]:
        """Everything an outside client needs to drive it: written as ``demo.json``."""
        fleet = self.fleet
        return {
            "state": str(fleet.state),
            "runtime_dir": str(self.runtime_dir),
            "simulator": self.simulator_url,
            "phone_number_id": PHONE_NUMBER_ID,
            "duty_phone_number_id": DUTY_NUMBER_ID,
            "webhook": f"http://{HOST}:{fleet.ports['relay']}/webhook",
            "broker": {"kind": fleet.line.kind, "host": fleet.line.host, "port": fleet.line.port},
            "pages": {box: f"https://{HOST}:{fleet.ports[box]}/" for box in BOXES},
            "lan_ca": str(fleet.state / "lan-ca.pem"),
            "logins": {who: {"name": name, "password": word} for who, (name, word) in self.logins.items()},
            "nodes": {seat: {"id": fleet.ids[seat], "root": str(root)} for seat, root in fleet.roots.items()},
            "epoch_store": str(fleet.state / "relay-epochs"),
            "secrets": dict(fleet.secrets),
            "ports": dict(fleet.ports),
            "pids": {name: process.pid for name, process in self.processes.items()},
        }

    def write_description(self) -> Path:
        """Writes ``demo.json``; gives its path."""
        (self.fleet.state / "lan-ca.pem").write_text(self.fleet.authority.lan_ca)
        path = self.fleet.state / "demo.json"
        path.write_text(json.dumps(self.describe(), indent=1))
        path.chmod(0o600)
        return path


def build(
    state: Path,
    broker: str = "mosquitto",
    pace: Pace | None = None,
    graph_url: str | None = None,
    clock: Callable[[], float] = time.time,
    packages: Path = OUR_PACKAGES,
) -> World:
    """Enrols the nodes under ``state``, starts broker and simulator; nothing of ours runs yet.

    ``broker``: "mosquitto", "amqtt", or host:port of one that takes the nodes' names and passwords.
    ``packages``: the folder whose sync/, relay/ ... the processes run; an altered copy is altered in them alone.
    Raises ConfigError on any other, Unavailable when something does not answer; nothing of it stays then but files
    in ``state``.
    """
    line = _line(broker)
    (state / "logs").mkdir(parents=True, exist_ok=True)
    simulator_port = free_port()
    simulator_url = graph_url or f"http://{HOST}:{simulator_port}"
    with contextlib.ExitStack() as undo:  # whatever stops us, Ctrl-C too, nothing stays in memory or runs on
        runtime_dir = _runtime_dir()
        undo.callback(shutil.rmtree, runtime_dir, ignore_errors=True)
        fleet = enrol_all(state, line, pace or Pace(), simulator_url, clock, runtime_dir)
        world = World(fleet, runtime_dir, simulator_url, _people(fleet, clock), fleet.broker(), packages)
        undo.callback(dismantle, world)
        if world.broker is not None:
            world.broker.start()
        if graph_url is None:
            world.processes["simulator"] = _simulator(fleet, simulator_port)
            wait(partial(world.serves, "simulator", simulator_port), "the simulator does not listen", START_S)
        undo.pop_all()
    return world


def dismantle(world: World) -> None:
    """Stops everything and empties the runtime folder, as a reboot would."""
    world.stop_all()
    shutil.rmtree(world.runtime_dir, ignore_errors=True)


def spawn(command: list[str], log: Path, packages: Path = OUR_PACKAGES) -> subprocess.Popen[bytes]:
    """A child process of ours, its words in ``log``."""
    # The folder of our packages as working folder: "python -m" finds them there, installed or not.
    with log.open("ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=packages)


def wait(holds: Callable[[], bool], else_: str, timeout_s: float) -> None:
    """Until a condition holds; raises Unavailable saying ``else_``."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise Unavailable(else_)
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on a loopback port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _children(pid: int) -> list[int]:
    """Process ids of the children of a process that lives."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:  # it has ended, and its workers follow it by themselves
        return []


def _line(broker: str) -> Line:
    if broker in ("mosquitto", "amqtt"):
        return Line(broker, HOST, free_port())
    host, _, port = broker.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= HIGHEST_PORT:
        raise ConfigError(f"the broker is {broker!r}, wanted: mosquitto, amqtt or HOST:PORT")
    try:
        socket.create_connection((host, int(port)), timeout=BROKER_S).close()
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"no broker answers at {broker}", hint="Start it first") from error
    return Line("plain", host, int(port))


def _runtime_dir() -> Path:
    """A folder of our own, on tmpfs where there is one."""
    memory = Path("/dev/shm")  # noqa: S108 - tmpfs is the point: a reboot must empty it
    return Path(tempfile.mkdtemp(prefix="satark-", dir=memory if os.access(memory, os.W_OK) else None))


def _people(fleet: Fleet, clock: Callable[[], float]) -> dict[str, tuple[str, str]]:
    """Each role at the first box, two at the others, one at the range; with passwords made for this run."""
    logins = {}
    for box in BOXES:
        desk = open_desk(fleet.roots[box], clock)
        for person in ("sp",) if box == "range" else _STAFF if box == BOXES[0] else ("sp", "screener"):
            role, display, post = _STAFF[person]
            name, password = f"{person}.{box}", secrets.token_urlsafe(12)
            role, display = (RANGE, "DIG") if box == "range" else (role, display)
            people.add(desk, name, f"{display} {box.title()}", role, password, post)
            logins[name] = (name, password)
        desk.conn.close()
    return logins


def _simulator(fleet: Fleet, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "port": str(port),
        "webhook-url": f"http://{HOST}:{fleet.ports['relay']}/webhook",
        "app-secret": fleet.secrets["app_secret"],
        "verify-token": fleet.secrets["verify_token"],
        "access-token": fleet.secrets["graph_token"],
    }
    # One word each: a secret may begin with a dash.
    numbers = [("phone-number-id", number_id) for number_id in (PHONE_NUMBER_ID, DUTY_NUMBER_ID)]
    options = [f"--{name}={value}" for name, value in (*settings.items(), *numbers)]
    command = [sys.executable, "-m", "relay.simulator", *options]
    return spawn(command, fleet.state / "logs" / "simulator.log")
