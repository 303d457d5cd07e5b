"""Rounds for tests: ballots written as rows, and surveys written as the piece of a scheme file they are."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from rules.schemes.values import Survey
from rules.scoring.facts import Ballot, Id
from rules.surveys import Outcome, outcomes

D = Decimal


def survey(**keys: Any) -> Survey:
    """A survey as it is read from a scheme, for the round "R"."""
    return msgspec.convert({"round": "R", **keys}, Survey, strict=False)


def answer(text: str) -> str | int | float:
    """A number when it is one, else an option."""
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def ballots(rows: str, questions: Sequence[str] = ("",), copies: int = 1) -> list[Ballot]:
    """Rows "voter>subject audience answer answer …", one answer for each question; "-" is nothing."""
    found = []
    for row in filter(None, map(str.strip, rows.split("\n"))):
        who, audience, *said = row.split()
        voter, subject = who.split(">")
        answers = {name: answer(text) for name, text in zip(questions, said, strict=True) if text != "-"}
        found.append(
            Ballot("R", subject, answers, None if voter == "-" else voter, "" if audience == "-" else audience)
        )
    return found * copies


def alone(*answers: str | int | float, audience: str = "", start: int = 0) -> list[Ballot]:
    """Ballots of different voters on "x", with one question."""
    return [Ballot("R", "x", {"": said}, f"{audience}{start + n}", audience) for n, said in enumerate(answers)]


def tally(of: Survey, cast: Sequence[Ballot], roll: int | None = None, subject: Id = "x") -> Outcome:
    """The outcome of one subject."""
    return outcomes(of, cast, {} if roll is None else {"R": roll}, [subject])[subject]
