"""What one may ask of a declaration, and what is answered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from handlers.declarations.view import LineView
from rules.problems import Problem
from rules.schemes import Criterion, Node
from storage.evidence import Filed
from storage.members import Person

Pins = tuple[tuple[int, int], ...]


class Declare(Struct, frozen=True):
    """申报: choose a category; `member` 0 is oneself, else somebody one records for."""

    member: int = 0
    batch: int = 0


class PickCategory(Struct, frozen=True):
    """Shows the criteria of a category."""

    node: str
    batch: int
    member: int = 0
    page: int = 0


class PickCriterion(Struct, frozen=True):
    """Asks for the option, else for the quantity."""

    criterion: str
    batch: int
    member: int = 0


class AddLine(Struct, frozen=True):
    """Adds one draft line to a batch."""

    criterion: str
    batch: int
    member: int = 0
    quantity: Decimal = Decimal(1)
    option: str = ""
    matter: str = ""


class AddLines(Struct, frozen=True):
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


class SameAsLast(Struct, frozen=True):
    """Drafts what was declared last month."""

    member: int = 0


class ShowDraft(Struct, frozen=True):
    """Shows a batch of drafts; batch 0 shows all drafts of the month."""

    batch: int = 0
    member: int = 0


class AskEvidence(Struct, frozen=True):
    """Asks for evidence of a line."""

    line: int


class AddNote(Struct, frozen=True):
    """A note as evidence of a line."""

    line: int
    text: str = ""


class AddFile(Struct, frozen=True):
    """A stored file as evidence: of a line, or (line 0) of the newest draft, else of the next one."""

    filed: Filed
    line: int = 0


class AttachFile(Struct, frozen=True):
    """A file that came without a line, for the line chosen."""

    evidence: int
    line: int


class DropDrafts(Struct, frozen=True):
    """Deletes the drafts that were shown."""

    pins: Pins
    member: int = 0


class Submit(Struct, frozen=True):
    """Submits drafts as they were shown."""

    pins: Pins
    member: int = 0


class AskQuantity(Struct, frozen=True):
    """Asks for another quantity of a line that is not decided yet."""

    line: int


class ChangeQuantity(Struct, frozen=True):
    """Changes the quantity of a draft or submitted line."""

    line: int
    quantity: Decimal = Decimal(1)


class Withdraw(Struct, frozen=True):
    """Takes a line back that is not decided yet."""

    line: int


class Undo(Struct, frozen=True):
    """Takes a submission back as a whole, within five minutes and before the first decision."""

    pins: Pins
    member: int = 0


class Reopen(Struct, frozen=True):
    """Opens a returned line again as a draft."""

    line: int


class MyLines(Struct, frozen=True):
    """The member's lines of the month."""


class ShowLine(Struct, frozen=True):
    """One own line and what can be done with it."""

    line: int


class Categories(Struct, frozen=True):
    """The categories to choose from, with what may still count in each."""

    person: Person
    own: bool
    period: str
    nodes: tuple[tuple[Node, Decimal | None], ...]
    batch: int
    drafts: int
    last: int


class Criteria(Struct, frozen=True):
    """The criteria of a category that may be declared, one page of them."""

    node: Node
    criteria: tuple[Criterion, ...]
    batch: int
    member: int
    page: int
    pages: int


class QuantityQuestion(Struct, frozen=True):
    """How many? `line` is 0 for a new line."""

    criterion: Criterion
    batch: int = 0
    member: int = 0
    line: int = 0
    option: str = ""


class EvidenceQuestion(Struct, frozen=True):
    """Evidence of this line, please; `required` when it cannot go without."""

    line: LineView
    member: int
    required: bool


class Draft(Struct, frozen=True):
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


class Receipt(Struct, frozen=True):
    """What was submitted, and until when it can be undone."""

    person: Person
    own: bool
    period: str
    lines: tuple[LineView, ...]
    undo: Pins
    undo_until: datetime


class Mine(Struct, frozen=True):
    """The member's lines of the month."""

    period: str
    lines: tuple[LineView, ...]


class OneLine(Struct, frozen=True):
    """One own line; `done` names what just happened to it."""

    line: LineView
    done: str = ""


class FileFor(Struct, frozen=True):
    """A file came while there are several drafts: which of them is it for?"""

    name: str
    evidence: int
    lines: tuple[LineView, ...]


class FileWaits(Struct, frozen=True):
    """A file came before any line: it is kept for the next one."""

    name: str
