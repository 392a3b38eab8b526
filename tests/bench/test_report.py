"""What the bench makes of its numbers."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import ingest, report, webhook
from bench.report import Comparison, Mismatch, Run, Side
from provisioning import broker

RUN = Run(per_s=100, cpu_ms=1.5, rss_mb=40, acked=10, durable=10, duplicates=0, load=0.5, p50_ms=3)


def side(name: str, rates: Sequence[float]) -> Side:
    return Side(name, {"workers": "2"}, tuple(replace(RUN, per_s=rate) for rate in rates))


OURS, THEIRS = side("ours", [90, 300, 120]), side("theirs", [60, 50, 40])
BOTH = Comparison("A thing per second", "/s", {"runs": "3"}, (OURS, THEIRS), {"  opening": "0.40 ms"})


def test_the_median_of_every_value_is_taken_and_what_was_not_measured_stays_out() -> None:
    middle = report.medians(OURS)
    assert (middle["per_s"], middle["p50_ms"], middle["p99_ms"]) == (120, 3, None)


def test_a_ratio_is_of_medians_with_its_range_over_runs_side_by_side() -> None:
    found = report.ratio(OURS, THEIRS)
    assert (found.of_medians, found.least, found.most) == (2.4, 1.5, 6.0)


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=9))
def test_a_side_beside_itself_is_one(rates: list[float]) -> None:
    found = report.ratio(side("a", rates), side("b", rates))
    assert (found.of_medians, found.least, found.most) == (1, 1, 1)


def test_sides_with_different_numbers_of_runs_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        report.ratio(OURS, side("short", [1]))


@pytest.mark.parametrize("wrong", [{"acked": 9}, {"durable": 9}, {"durable": 11}, {"duplicates": 1}])
def test_a_run_that_lost_or_doubled_something_is_refused(wrong: dict[str, int]) -> None:
    assert report.check("ours", RUN, 10) is RUN
    with pytest.raises(Mismatch, match="ours: 10 sent"):
        report.check("ours", replace(RUN, **wrong), 10)


def test_the_table_aligns_its_columns() -> None:
    assert report.table([("name", "rate"), ("a", "1000")]) == ["name  rate", "a     1000"]


def test_the_text_tells_settings_medians_and_ratios() -> None:
    lines = report.text(BOTH).splitlines()
    assert lines[0] == "A thing per second"
    assert lines.count("    workers: 2") == 2
    (ours,) = [line for line in lines if line.startswith("ours ")]
    (theirs,) = [line for line in lines if line.startswith("theirs ")]
    assert "120 /s" in ours
    assert "30/30" in ours
    assert theirs.endswith("2.40x (1.50-6.00)")
    assert lines[-1] == "  opening: 0.40 ms"


def test_the_json_holds_every_run_and_what_follows_from_them() -> None:
    told = json.loads(json.dumps(report.as_dict(BOTH)))
    assert [run["per_s"] for run in told["sides"][0]["runs"]] == [90, 300, 120]
    assert told["sides"][1]["medians"]["per_s"] == 50
    assert told["ratios"] == {"theirs": {"of_medians": 2.4, "least": 1.5, "most": 6.0}}


def test_the_words_of_the_load_client_are_read() -> None:
    words = (
        "webhooks n=3000 threads=8 text=300: 271/s; p50 28.1 p95 38.0 p99 52.4 ms; acked 3000 not 0 []\n"
        "   cpu 2.61 ms per webhook; rss 115 MB (master+workers); load 1.2\n"
    )
    assert webhook.parse_load(words) == (271, 28.1, 52.4, 2.61, 115, 3000)
    with pytest.raises(ValueError, match="something else"):
        webhook.parse_load("Traceback")


def test_the_bench_broker_keeps_the_limits_of_production_and_nothing_of_its_tls() -> None:
    conf = ingest.plain_conf(broker.MOSQUITTO.format(folder="/x", host="127.0.0.1", port=1)).splitlines()
    assert {"listener 1 127.0.0.1", "max_queued_messages 2000", "allow_anonymous true"} <= set(conf)
    assert not [line for line in conf if "pem" in line or "acl" in line or "certificate" in line]
