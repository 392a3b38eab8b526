"""The application and the threads that serve it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from relay.simulator.config import Config
from relay.simulator.control import control
from relay.simulator.crowd import crowd
from relay.simulator.graph import graph
from relay.simulator.phonepage import phonepage
from relay.simulator.steering import steering
from relay.simulator.world import World, new_world

LARGEST_REQUEST_BYTES = 160 * 1024 * 1024  # a file too big for WhatsApp, in base64, must still get in


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request: a page that polls would drown everything else."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Running:
    """A simulator being served. `base_url` is pages, control and Graph API; `world` is what it serves."""

    base_url: str
    world: World
    _servers: tuple[BaseWSGIServer, ...]
    _threads: tuple[threading.Thread, ...]

    def close(self) -> None:
        """Stop serving and retrying, and wait for it."""
        self.world.outlet.poster.close()
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


def create_app(world: World) -> Flask:
    """The WSGI application on `world`."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.extensions["simulator"] = world
    for blueprint in (control, crowd, steering, phonepage, graph):
        app.register_blueprint(blueprint)
    return app


def serve(
    config: Config, port: int = 0, host: str = "127.0.0.1", real_clock: Callable[[], float] = time.time
) -> Running:
    """Serve a new world in background threads, on a free port if `port` is 0. Close it when done."""
    world = new_world(config, real_clock)
    app = create_app(world)
    servers = tuple(_server(app, host, each) for each in (port, 0))
    world.base_url, world.media_url = (f"http://{host}:{server.server_port}" for server in servers)
    threads = tuple(
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True) for server in servers
    )
    for thread in threads:
        thread.start()
    return Running(world.base_url, world, servers, threads)


def _server(app: Flask, host: str, port: int) -> BaseWSGIServer:
    return make_server(host, port, app, threaded=True, request_handler=QuietHandler)
