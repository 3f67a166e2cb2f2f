"""Metrics for Prometheus, on this machine's loopback only: counters, what is in flight, and seconds a report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from extractor.bulk.watch import Event
from extractor.errors import SettingsError

LOOPBACK = "127.0.0.1"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_LIMITED = "rate_limited"


@contextmanager
def metrics_at(port: int) -> Iterator[Metrics]:
    """Metrics that can be fetched at ``port`` (0: any free one) until the block ends.

    Raises:
        SettingsError: the port cannot be had.
    """
    metrics = Metrics()
    try:
        server, thread = start_http_server(port, addr=LOOPBACK, registry=metrics.registry)
    except (OSError, OverflowError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"metrics cannot be served at port {port}: {told}", f"无法在端口 {port} 提供指标：{told}"
        ) from None
    metrics.port = server.server_port
    try:
        yield metrics
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Metrics:
    """Counts events. ``port``: where they are served."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.port = 0
        registry = self.registry
        self._reports = Counter("extractor_reports", "Reports by outcome", ["outcome"], registry=registry)
        self._reading = Gauge("extractor_reports_in_flight", "Reports being worked on", registry=registry)
        self._seconds = Histogram("extractor_report_seconds", "Seconds a report", registry=registry, buckets=_SECONDS)
        self._calls = Counter("extractor_calls", "Calls to a model by outcome", ["model", "outcome"], registry=registry)
        self._replies = Histogram("extractor_call_seconds", "Seconds a call", registry=registry, buckets=_SECONDS)
        self._limited = Counter("extractor_rate_limited", "Calls refused with status 429", registry=registry)
        self._tokens = Counter("extractor_tokens", "Tokens", ["model", "kind"], registry=registry)
        self._money = Counter("extractor_money", "Money spent", ["currency"], registry=registry)
        self._batches = Counter("extractor_batches", "Batches that came into a state", ["state"], registry=registry)
        self._parts = Counter("extractor_parts", "Parts written", registry=registry)
        for outcome in ("done", "failed", "skipped"):
            self._reports.labels(outcome)  # told as 0 from the start

    def see(self, event: Event) -> None:
        """Count an event."""
        if event.name == "report_started":
            self._reading.inc()
        elif event.name == "report_ended":
            self._report_ended(event)
        elif event.name == "call_ended":
            self._call_ended(event)
        elif event.name == "batch_moved":
            self._batches.labels(event.outcome).inc()
        elif event.name == "part_written":
            self._parts.inc()

    def _report_ended(self, event: Event) -> None:
        self._reading.dec()
        self._reports.labels(event.outcome).inc()
        if event.seconds is not None:
            self._seconds.observe(event.seconds)

    def _call_ended(self, event: Event) -> None:
        self._calls.labels(event.model, event.outcome).inc()
        self._limited.inc(event.outcome == _LIMITED)
        if event.seconds is not None:
            self._replies.observe(event.seconds)
        for kind, count in (("in", event.tokens_in), ("cached", event.tokens_cached), ("out", event.tokens_out)):
            if count:
                self._tokens.labels(event.model, kind).inc(count)
        if event.cost:
            self._money.labels(event.currency).inc(float(event.cost))
