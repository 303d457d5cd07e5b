"""What one may ask of a declaration, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from handlers.declarations.view import LineView
from rules.problems import Problem
from rules.schemes import Criterion, Node
from storage.evidence import Filed
from storage.members import Person

Pins = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Declare:
    """申报: choose a category; `member` 0 is oneself, else somebody one records for."""

    member: int = 0
    batch: int = 0


@dataclass(frozen=True, slots=True)
class PickCategory:
    """Shows the criteria of a category."""

    node: str
    batch: int
    member: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class PickCriterion:
    """Asks for the option, else for the quantity."""

    criterion: str
    batch: int
    member: int = 0


@dataclass(frozen=True, slots=True)
class AddLine:
    """Adds one draft line to a batch."""

    criterion: str
    batch: int
    member: int = 0
    quantity: Decimal = Decimal(1)
    option: str = ""
    matter: str = ""


@dataclass(frozen=True, slots=True)
class AddLines:
    """Draft lines from one line of text: (criterion, quantity) pairs; what was not understood comes along.

    `guessed` are (typed, name) pairs, `unclear` are (typed, quantity, possible criteria), `organised` are names of
    criteria that only the organisation records. `options` stand in the order of the items; `asked` are criteria of
    items without a number that cannot be taken as one.
    """

    items: tuple[tuple[str, Decimal], ...]
    unknown: tuple[str, ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    unclear: tuple[tuple[str, Decimal, tuple[str, ...]], ...] = ()
    organised: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SameAsLast:
    """Drafts what was declared last month."""

    member: int = 0


@dataclass(frozen=True, slots=True)
class ShowDraft:
    """Shows a batch of drafts; batch 0 shows all drafts of the month."""

    batch: int = 0
    member: int = 0


@dataclass(frozen=True, slots=True)
class AskEvidence:
    """Asks for evidence of a line."""

    line: int


@dataclass(frozen=True, slots=True)
class AddNote:
    """A note as evidence of a line."""

    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class AddFile:
    """A stored file as evidence: of a line, or (line 0) of the newest draft, else of the next one."""

    filed: Filed
    line: int = 0


@dataclass(frozen=True, slots=True)
class AttachFile:
    """A file that came without a line, for the line chosen."""

    evidence: int
    line: int


@dataclass(frozen=True, slots=True)
class DropDrafts:
    """Deletes the drafts that were shown."""

    pins: Pins
    member: int = 0


@dataclass(frozen=True, slots=True)
class Submit:
    """Submits drafts as they were shown."""

    pins: Pins
    member: int = 0


@dataclass(frozen=True, slots=True)
class AskQuantity:
    """Asks for another quantity of a line that is not decided yet."""

    line: int


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """Changes the quantity of a draft or submitted line."""

    line: int
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Takes a line back that is not decided yet."""

    line: int


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes a submission back as a whole, within five minutes and before the first decision."""

    pins: Pins
    member: int = 0


@dataclass(frozen=True, slots=True)
class Reopen:
    """Opens a returned line again as a draft."""

    line: int


@dataclass(frozen=True, slots=True)
class MyLines:
    """The member's lines of the month."""


@dataclass(frozen=True, slots=True)
class ShowLine:
    """One own line and what can be done with it."""

    line: int


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories to choose from, with what may still count in each."""

    person: Person
    own: bool
    period: str
    nodes: tuple[tuple[Node, Decimal | None], ...]
    batch: int
    drafts: int
    last: int


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria of a category that may be declared, one page of them."""

    node: Node
    criteria: tuple[Criterion, ...]
    batch: int
    member: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class QuantityQuestion:
    """How many? `line` is 0 for a new line."""

    criterion: Criterion
    batch: int = 0
    member: int = 0
    line: int = 0
    option: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceQuestion:
    """Evidence of this line, please; `required` when it cannot go without."""

    line: LineView
    member: int
    required: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """Drafts before they count: what they would bring, what was not understood, what is `wanting` something."""

    person: Person
    own: bool
    period: str
    batch: int
    lines: tuple[LineView, ...]
    others: int = 0
    unknown: tuple[str, ...] = ()
    guessed: tuple[tuple[str, str], ...] = ()
    unclear: tuple[tuple[str, Decimal, tuple[Criterion, ...]], ...] = ()
    organised: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    filed: str = ""
    wanting: tuple[tuple[Criterion, Decimal | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was submitted, and until when it can be undone."""

    person: Person
    own: bool
    period: str
    lines: tuple[LineView, ...]
    undo: Pins
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class Mine:
    """The member's lines of the month."""

    period: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class OneLine:
    """One own line; `done` names what just happened to it."""

    line: LineView
    done: str = ""


@dataclass(frozen=True, slots=True)
class FileFor:
    """A file came while there are several drafts: which of them is it for?"""

    name: str
    evidence: int
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class FileWaits:
    """A file came before any line: it is kept for the next one."""

    name: str
