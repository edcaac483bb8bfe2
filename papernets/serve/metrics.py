"""What a server counts, in Prometheus's format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import log

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""The bounds of the histogram of seconds."""


class Metrics:
    """Counters of one server, in a registry of its own."""

    def __init__(self, held: Callable[[], int]):
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
        from prometheus_client.platform_collector import PlatformCollector
        from prometheus_client.process_collector import ProcessCollector

        self.registry: Any = CollectorRegistry()
        where: dict[str, Any] = {"registry": self.registry}
        ProcessCollector(**where)
        PlatformCollector(**where)
        self._requests = Counter(
            "papernets_requests", "Requests that were answered.", ["route", "status"], **where
        )
        self._seconds = Histogram(
            "papernets_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ["route"],
            buckets=SECONDS,
            **where,
        )
        self._pictures = Counter(
            "papernets_pictures", "Pictures by what became of them.", ["model", "outcome"], **where
        )
        self._refused = Counter(
            "papernets_refused", "Requests that a limit refused.", ["limit"], **where
        )
        lost = "Lines of the log that nobody read in time."
        Gauge("papernets_log_dropped", lost, **where).set_function(log.dropped)
        Gauge("papernets_queue", "Requests that wait or are computed.", **where).set_function(held)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def pictures(self, model: str, read: int, unread: int) -> None:
        """So many pictures were answered, so many could not be read."""
        if read:
            self._pictures.labels(model, "answered").inc(read)
        if unread:
            self._pictures.labels(model, "unreadable").inc(unread)

    def refused(self, limit: str) -> None:
        """A limit refused a request."""
        self._refused.labels(limit).inc()

    def text(self) -> tuple[bytes, str]:
        """All of it, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self.registry), CONTENT_TYPE_LATEST
