"""What the bot did: its calls, what it acknowledged, and what it must not have done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import IO, Any

from tests.peers.description import Upload


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when it arrived (monotonic seconds), how it was answered; status 0 = it got no answer."""

    at: float
    method: str
    facts: dict[str, Any]
    status: int
    description: str
    via: str
    result: Any = None

    @property
    def chat(self) -> int | None:
        """The chat it was meant for."""
        found = self.facts.get("chat_id")
        return found if isinstance(found, int) else None


@dataclass(slots=True)
class Ledger:
    """Grows only; with a file, each line of it is one entry as JSON."""

    path: Path | None = None
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    acknowledged: dict[int, tuple[str, float]] = field(default_factory=dict)
    """update → "offset" or "200", and when."""
    _file: IO[str] | None = None

    def called(self, call: Call) -> None:
        """Adds a call."""
        self.calls.append(call)
        self._write("call", {"method": call.method, "facts": plain(call.facts), "status": call.status})

    def violated(self, method: str, sentence: str) -> None:
        """Adds what the real Telegram would not have taken."""
        self.violations.append(f"{method}: {sentence}")
        self._write("violation", {"method": method, "sentence": sentence})

    def confirmed(self, update: int, how: str) -> None:
        """Adds an update that will never come again."""
        self.acknowledged[update] = (how, monotonic())
        self._write("acknowledged", {"update": update, "how": how})

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, kind: str, facts: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        if self._file is None:
            self._file = self.path.open("a", encoding="utf-8")
        self._file.write(json.dumps({"kind": kind, "at": monotonic(), **facts}, ensure_ascii=False) + "\n")
        self._file.flush()


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a file becomes its name and size."""
    if isinstance(value, Upload):
        return {"file": value.name, "size": len(value.content)}
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value
