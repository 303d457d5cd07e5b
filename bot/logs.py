"""Logs: one line of text an event, with the traceback but never the values of variables: those may be personal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(name: str) -> Iterator[None]:
    """Inside, a package cannot be imported; what was loaded already stays as it was."""
    loaded = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # as the language reference has it for what is not to be found
    try:
        yield
    finally:
        del sys.modules[name]
        if loaded is not None:
            sys.modules[name] = loaded


with without(
    "rich"
):  # structlog takes it where it finds it, to draw tracebacks; ours are text, and half of its loading
    import structlog


def log_from(level: int) -> None:
    """Logs go to standard error, from a level on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
