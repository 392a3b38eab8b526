"""What the bench of the office measures on is a real box, and its table says what it measured."""

import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from appliance import audit, figures, history, search
from appliance.desk import open_desk
from bench.office import district, load, measuring
from bench.office.measuring import Answer, Measured, Side
from bench.office.serving import Weight
from provisioning.demo.year import rhythm
from sync.clock import DAY_S
from tests.appliance.office import SP, enrolled


@pytest.mark.slow
def test_the_box_is_filled_with_whole_cases_and_a_whole_index(tmp_path: Path) -> None:
    filled = district.fill(enrolled(tmp_path), 400, lambda line: None)
    desk = open_desk(filled.root, lambda: 0.0)
    assert filled.cases == desk.conn.execute("select count(*) from case_file").fetchone()[0] <= 400
    assert audit.verify(desk.conn) is None and history.verify(desk.conn) is None
    assert figures.rollups(desk.conn) == figures.recount(desk.conn) and figures.wrong_tallies(desk.conn) == 0
    assert search.is_whole(desk) and search.matching(desk, SP, "शराब")


@pytest.mark.slow
@pytest.mark.parametrize(("per_day", "days"), [(3, 600), (900, 10)])
def test_days_hold_about_as_many_reports_as_asked(per_day: int, days: int) -> None:
    begin = 300 * DAY_S  # the launch is over
    found = list(rhythm.moments(random.Random(1), 0, begin + days * DAY_S, per_day / 10))
    late = [one.at for one in found if one.at >= begin]
    assert 0.8 < len(late) / (days * per_day / 10) < 1.25
    assert late == sorted(late)


class _Slow(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 500)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Slow) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made.server_address[1]
        made.shutdown()


@pytest.mark.slow
def test_every_client_asks_as_often_as_it_should(server: int) -> None:
    times = load.ask(load.Target(server), ["/well"], clients=3, seconds=0, least=5)
    assert len(times.ms) == 15 and 0 < times.p50 <= times.p95 and times.per_s > 0


@pytest.mark.slow
def test_a_refusal_ends_the_measurement(server: int) -> None:
    with pytest.raises(ChildProcessError, match="/ill: 500"):
        load.ask(load.Target(server), ["/ill"], clients=1, seconds=0)


def test_the_table_shows_ratios_and_what_has_no_like() -> None:
    ours, theirs = Side(2.0, 10.0, 20.0, 400.0), Side(70.0, 300.0, 500.0, 9.0)
    filled = district.Filled(Path(), 1000, {"rows": 3.0}, {"box.db": 5_000_000})
    answers = (Answer("list", ours, theirs), Answer("map", ours, None))
    found = Measured(filled, answers, (0.5, 50.0), Weight(2, 150.0, 120.0), 1.0)
    shown = measuring.shown(found)
    assert "35.00x" in shown and "25.00x" in shown and "100x" in shown and "PSS 150 MB" in shown
    assert "answers" in measuring.as_dict(found)
