"""What a check of the channels finds: one thing that works, is missing, or is worth knowing."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

State = Literal["ok", "missing", "note"]
PORTS = (None, 80, 443)
"""The platforms post to no other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, with its facts; its sentence stands in `screens.checks`."""

    code: str
    state: State
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about one channel, or about the house; an `off` one is not set up, and misses nothing."""

    name: str
    findings: tuple[Finding, ...]
    off: bool = False

    @property
    def missing(self) -> int:
        """How many things are missing."""
        return sum(finding.state == "missing" for finding in self.findings)


def address_problem(address: str) -> str:
    """Why a platform cannot post to an address, by its form alone; "" when it can."""
    if not address:
        return "address_unset"
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return "address_not_https"
    if host == "localhost" or "." not in host or _number(host):
        return "address_no_domain"
    return "" if parts.port in PORTS else "address_port"


def _number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
