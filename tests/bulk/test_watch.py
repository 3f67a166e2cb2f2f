"""Watching: what is told holds no text and no key, metrics can be fetched, spans reach a collector."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from extractor.bulk.watch import NOBODY, Event, Watching, watching
from extractor.bulk.watch_log import Log
from extractor.bulk.watch_metrics import metrics_at
from extractor.errors import SettingsError
from extractor.settings import Settings
from tests.llm.asked import KEY

ROOT = Path(__file__).resolve().parents[2]
DAY = [
    Event("job_started", job="all"),
    Event("report_started", job="all", report="7"),
    Event("call_ended", "all", "7", "summary", "m-1", "rate_limited", seconds=0.25),
    Event(
        "call_ended", "all", "7", "summary", "m-1", "answered", "", 1.5, 0.5, 1000, 200, 50, Decimal("0.00125"), "USD"
    ),
    Event("report_ended", "all", "7", outcome="done", seconds=2.0),
    Event("report_started", job="all", report="8"),
    Event("report_ended", "all", "8", outcome="failed", code="empty_file", seconds=0.01),
    Event("report_started", job="all", report="9"),
    Event("batch_moved", job="all", outcome="completed", count=4),
    Event("part_written", count=5000),
]
HOSTILE = [
    "某县2023年政府信息公开工作年度报告\n二、主动公开",
    '"}\n{"event": "job_ended"',
    "a b",
    "\x1b[31m",
    "\ud800",
    f"Bearer {KEY}",
    "x" * 10_000,
    "../../报告.pdf",
]


def lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_bytes().splitlines()]


def test_a_line_an_event(tmp_path: Path) -> None:
    with watching(Watching(log=str(tmp_path / "log"))) as watcher:
        for event in DAY:
            watcher.see(event)
    told = lines(tmp_path / "log")
    assert [one["event"] for one in told] == [event.name for event in DAY]
    assert {k: v for k, v in told[3].items() if k != "time"} == {
        **{"event": "call_ended", "job": "all", "report": "7", "kind": "summary", "model": "m-1"},
        **{"outcome": "answered", "seconds": 1.5, "waited": 0.5, "tokens_in": 1000, "tokens_cached": 200},
        **{"tokens_out": 50, "cost": "0.00125", "currency": "USD"},
    }
    assert told[6]["code"] == "empty_file"
    assert all(one["time"].endswith("+00:00") for one in told)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_and_no_key_gets_out(text: str, tmp_path: Path) -> None:
    names = ("job", "report", "kind", "model", "outcome", "code", "currency")
    with watching(Watching(log=str(tmp_path / "log"))) as watcher:
        for name in names:
            watcher.see(Event("report_ended", **{name: text}))  # type: ignore[arg-type]
    told = lines(tmp_path / "log")
    assert len(told) == len(names)
    assert all(one[name].startswith("sha256:") for one, name in zip(told, names, strict=True))
    written = (tmp_path / "log").read_bytes()
    assert text.encode("utf-8", "replace")[:20] not in written
    assert KEY.encode() not in written


def test_processes_share_a_log(tmp_path: Path) -> None:
    code = (
        "import sys; from extractor.bulk.watch import *\n"
        "with watching(Watching(log=sys.argv[1])) as w:\n"
        "    for n in range(500): w.see(Event('report_ended', report=str(n), outcome='done', seconds=n / 7))"
    )
    place = tmp_path / "log"
    started = [subprocess.Popen([sys.executable, "-c", code, str(place)], cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]
    assert sorted(int(one["report"]) for one in lines(place)) == sorted([*range(500)] * 3)


def test_a_log_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with watching(Watching(log="-")) as watcher:
        watcher.see(Event("job_started", job="all"))
    assert json.loads(capfd.readouterr().err)["job"] == "all"


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot write the log"), watching(Watching(log=str(tmp_path))):
        pass
    with Path("/dev/full").open("wb") as full:
        log = Log(full.fileno())
        log.see(Event("job_started"))
    assert log.lost == 1


def test_nobody_watches_unasked() -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    with watching(Watching.of(settings)) as watcher:
        assert watcher is NOBODY


def test_metrics_can_be_fetched() -> None:
    with metrics_at(0) as metrics:
        for event in DAY:
            metrics.see(event)
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics.port}/metrics") as reply:
            page = reply.read().decode()
        with socket.socket() as other, pytest.raises(OSError, match="refused"):
            other.connect(("127.0.0.2", metrics.port))
    for line in (
        'extractor_reports_total{outcome="done"} 1.0',
        'extractor_reports_total{outcome="failed"} 1.0',
        'extractor_reports_total{outcome="skipped"} 0.0',
        "extractor_reports_in_flight 1.0",
        'extractor_calls_total{model="m-1",outcome="answered"} 1.0',
        "extractor_rate_limited_total 1.0",
        'extractor_tokens_total{kind="in",model="m-1"} 1000.0',
        'extractor_money_total{currency="USD"} 0.00125',
        "extractor_report_seconds_count 2.0",
        "extractor_report_seconds_sum 2.01",
        'extractor_batches_total{state="completed"} 1.0',
        "extractor_parts_total 1.0",
    ):
        assert f"\n{line}\n" in page


def test_a_port_that_is_taken() -> None:
    with metrics_at(0) as metrics, pytest.raises(SettingsError, match="cannot be served"), metrics_at(metrics.port):
        pass


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """A receiver of spans on loopback: its address, and the bodies it was sent."""
    bodies: list[bytes] = []

    class Receiving(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the standard library's name)
            """Nothing is logged."""

    server = HTTPServer(("127.0.0.1", 0), Receiving)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", bodies
    finally:
        server.shutdown()
        server.server_close()


def spans_in(bodies: list[bytes]) -> list[Any]:
    requests = [ExportTraceServiceRequest.FromString(body) for body in bodies]
    return [
        span
        for one in requests
        for resource in one.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_spans_reach_a_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    with collector() as (address, bodies):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        with watching(Watching(tracing=True)) as watcher:
            for event in [*DAY, Event("report_ended", "all", "none", code=HOSTILE[0])]:
                watcher.see(event)
    found = spans_in(bodies)
    reports = {attributes(span)["extractor.report"]: span for span in found if span.name == "report"}
    calls = [span for span in found if span.name == "call"]
    assert (sorted(reports), len(calls)) == (["7", "8", "9"], 2)
    assert all(span.parent_span_id == reports["7"].span_id for span in calls)
    assert [span.end_time_unix_nano - span.start_time_unix_nano > 1_400_000_000 for span in calls] == [False, True]
    told = attributes(calls[1])
    assert (told["gen_ai.usage.input_tokens"], told["extractor.cost"], told["gen_ai.request.model"]) == (
        1000,
        "0.00125",
        "m-1",
    )
    assert [reports[name].status.code for name in ("7", "8", "9")] == [0, 2, 0]
    assert attributes(reports["8"])["error.type"] == "empty_file"
    assert "报告".encode() not in b"".join(bodies)


def test_a_collector_that_is_down_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    with watching(Watching(tracing=True)) as watcher:
        for event in DAY:
            watcher.see(event)
    assert "Traceback" not in capfd.readouterr().err


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingsError, match=r"extractor\[tracing\]"), watching(Watching(tracing=True)):
        pass


def test_watching_loads_only_what_is_asked_for() -> None:
    heavy = ("prometheus_client", "opentelemetry")
    code = f"import sys, extractor.bulk.watch; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.strip() == "[]"
