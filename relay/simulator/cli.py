"""Command line: serve a simulator until told to stop."""

import argparse
import json
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from relay.simulator.app import serve
from relay.simulator.config import Config


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; prints one JSON line {"base_url": ...} when ready."""
    asked = _parser().parse_args(arguments)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda number, frame: stop.set())
    running = serve(_config(asked), port=asked.port)
    ready = json.dumps({"base_url": running.base_url, "media_url": running.world.media_url})
    if asked.port_file:
        _write_whole(asked.port_file, ready)
    print(ready, flush=True)
    stop.wait()
    running.close()
    return 0


def _config(asked: argparse.Namespace) -> Config:
    given = {
        "webhook_url": asked.webhook_url,
        "app_secret": asked.app_secret,
        "verify_token": asked.verify_token,
        "access_token": asked.access_token,
        "phone_number_ids": tuple(asked.phone_number_id or ()),
        "retry_delays_s": tuple(asked.retry_delay_s or ()),
        "statuses": () if asked.no_statuses else None,
        "seed": asked.seed,
        "answer_timeout_s": asked.answer_timeout_s,
        "throughput_per_s": asked.throughput_per_s,
    }
    return Config(
        pair_rate=not asked.no_pair_rate,
        **{key: value for key, value in given.items() if _is_given(key, value)},
    )


def _is_given(key: str, value: object) -> bool:
    return value is not None and (value != () or key == "statuses")


def _write_whole(path: Path, text: str) -> None:
    """Write so that a waiting reader sees nothing or everything."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.rename(path)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m relay.simulator", description="A simulated WhatsApp Cloud API."
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--webhook-url", help="where updates are posted; may be set later by POST /sim/webhook"
    )
    for name in ("--app-secret", "--verify-token", "--access-token"):
        parser.add_argument(name)
    parser.add_argument(
        "--phone-number-id", action="append", help="give it again for a second business number"
    )
    parser.add_argument("--retry-delay-s", type=float, action="append", help="one per retry of an update")
    parser.add_argument("--no-statuses", action="store_true", help="send no sent, delivered, read")
    parser.add_argument("--no-pair-rate", action="store_true", help="never answer 131056 (load tests)")
    parser.add_argument("--throughput-per-s", type=int, help="answer 130429 above so many; 0: no limit")
    parser.add_argument("--answer-timeout-s", type=float, help="how long a POST waits for its answer")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--port-file", type=Path, help="also write the JSON line there")
    return parser
