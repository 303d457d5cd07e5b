"""Logs: one line of text an event, with the traceback but never the values of variables: those may be personal."""

from __future__ import annotations

import sys

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
