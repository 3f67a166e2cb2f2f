"""Spans for OpenTelemetry (extra ``tracing``): one a report, one a call below it; ids, kinds and numbers, no text.

Where they are sent is said by OpenTelemetry's own variables (``OTEL_EXPORTER_OTLP_ENDPOINT`` …).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from extractor.bulk.watch import Event
from extractor.errors import SettingsError
from extractor.llm.usage import written

_SERVICE = "extractor"
_SECOND = 1_000_000_000
_SECONDS_TO_END = 5
_ATTRIBUTES = {
    "job": "extractor.job",
    "report": "extractor.report",
    "kind": "extractor.question.kind",
    "model": "gen_ai.request.model",
    "outcome": "extractor.outcome",
    "code": "error.type",
    "waited": "extractor.seconds_waited",
    "tokens_in": "gen_ai.usage.input_tokens",
    "tokens_cached": "gen_ai.usage.cache_read.input_tokens",
    "tokens_out": "gen_ai.usage.output_tokens",
    "currency": "extractor.currency",
}
_FINE = ("done", "skipped", "returned", "answered")


@contextmanager
def spans() -> Iterator[Spans]:
    """Spans that are exported until the block ends; what is open then ends with it.

    Raises:
        SettingsError: the extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 (an extra)
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "tracing needs OpenTelemetry: pip install 'extractor[tracing]'",
            "链路追踪需要 OpenTelemetry：pip install 'extractor[tracing]'",
        ) from None
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())  # a collector that is down stops no job
    provider = TracerProvider(resource=Resource.create({"service.name": _SERVICE}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=_SECONDS_TO_END)))
    watcher = Spans(provider.get_tracer(_SERVICE))
    try:
        yield watcher
    finally:
        watcher.end()
        provider.shutdown()


class Spans:
    """Makes spans of events."""

    def __init__(self, tracer: Any) -> None:
        self._tracer = tracer
        self._open: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def see(self, event: Event) -> None:
        """Begin or end a span."""
        key = (event.job, event.report)
        if event.name == "report_started":
            span = self._tracer.start_span("report", context=_nothing(), attributes=_attributes(event))
            with self._lock:
                self._open[key] = span
        elif event.name == "report_ended":
            with self._lock:
                span = self._open.pop(key, None)
            if span is not None:
                _end(span, event)
        elif event.name == "call_ended":
            with self._lock:
                above = self._open.get(key)
            self._call(event, above)

    def end(self) -> None:
        """End the spans of reports that nobody ended."""
        with self._lock:
            left, self._open = self._open, {}
        for span in left.values():
            _end(span, Event("report_ended", outcome="returned"))

    def _call(self, event: Event, above: Any) -> None:
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415 (an extra, there by now)

        context = set_span_in_context(above) if above is not None else _nothing()
        began = time.time_ns() - int((event.seconds or 0) * _SECOND)
        span = self._tracer.start_span("call", context=context, start_time=began, attributes=_attributes(event))
        _end(span, event)


def _nothing() -> Any:
    from opentelemetry.context import Context  # noqa: PLC0415 (an extra, there by now)

    return Context()


def _attributes(event: Event) -> dict[str, Any]:
    told = {name: getattr(event, field) for field, name in _ATTRIBUTES.items()}
    kept = {name: value for name, value in told.items() if value not in ("", None, 0)}
    return kept | ({"extractor.cost": written(event.cost)} if event.cost else {})


def _end(span: Any, event: Event) -> None:
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 (an extra, there by now)

    span.set_attributes(_attributes(event))
    if event.outcome not in _FINE:
        span.set_status(StatusCode.ERROR)
    span.end()
