"""The notice about personal data: shown, acknowledged or declined, with proof; and on what basis data leaves."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.members import WEBCHAT, address_of
from handlers.periods import Ran
from rules.privacy import Notice
from storage import acknowledgements, audit, held, members
from storage.acknowledgements import Proof

BASIS = "telegram_basis"


class AcknowledgeNotice(Struct, frozen=True):
    """我已阅读: somebody at an address has read the notice in a version."""

    channel: str
    address: str
    version: str


class DeclineNotice(Struct, frozen=True):
    """不同意: nothing of what somebody at an address says is handled."""

    channel: str
    address: str
    version: str


class ReadNotice(Struct, frozen=True):
    """Shows the notice again."""


class AskNotice(Struct, frozen=True):
    """The notice that the actor still has to read before he goes on by himself on the web."""


class RecordBasis(Struct, frozen=True):
    """The operator says on which basis personal data goes to a foreign messenger; "" on none any more."""

    text: str


class Agreed(Struct, frozen=True):
    """The notice was acknowledged."""


class Declined(Struct, frozen=True):
    """Nothing is handled for somebody who does not want it; `emptied` messages of his were emptied."""

    emptied: int = 0


class NoticeShown(Struct, frozen=True):
    """The notice, and where it is answered; `due` tells whether it still has to be."""

    notice: Notice
    channel: str
    address: str
    due: bool = True


class NothingDue(Struct, frozen=True):
    """There is no notice, or it was acknowledged."""


def show_notice(context: Context, channel: str, address: str, notice: Notice) -> NoticeShown:
    """Records that the notice is shown at an address; a button of an earlier showing does nothing any more."""
    _end_buttons(context, channel, address)
    member = members.bound_member(context.connection, channel, address)
    acknowledgements.show(context.connection, channel, address, notice.version, member, context.now)
    return NoticeShown(notice, channel, address)


def acknowledge(context: Context, request: AcknowledgeNotice) -> Agreed | Refused:
    """The proof is kept with its instant; what waited is handled by whoever asked."""
    if not _answer(context, request, agreed=True):
        return refuse("notice_over")
    held.release(context.connection, request.channel, request.address)
    return Agreed()


def decline(context: Context, request: DeclineNotice) -> Declined | Refused:
    """What waited is emptied."""
    if not _answer(context, request, agreed=False):
        return refuse("notice_over")
    return Declined(held.empty(context.connection, request.channel, request.address))


def _answer(context: Context, request: AcknowledgeNotice | DeclineNotice, *, agreed: bool) -> bool:
    """Whether there is a notice at the address to be answered; the trail says who answered what."""
    _end_buttons(context, request.channel, request.address)
    member = members.bound_member(context.connection, request.channel, request.address)
    proof = acknowledgements.proof_at(context.connection, request.channel, request.address, request.version, member)
    if proof is None:
        return False
    if proof.acknowledged_at is None:
        acknowledgements.answer(context.connection, proof.id, context.now, agreed=agreed)
        action = "acknowledge_notice" if agreed else "decline_notice"
        subject = ("member", member) if member else ("acknowledgement", proof.id)
        context.audit(action, *subject, version=request.version, channel=request.channel)
    return True


def _end_buttons(context: Context, channel: str, address: str) -> None:
    kinds = (AcknowledgeNotice.__name__, DeclineNotice.__name__, ReadNotice.__name__)
    held.end_choices(context.connection, channel, address, kinds)


def read_again(context: Context, _request: ReadNotice) -> NoticeShown | NothingDue:
    """The notice of the house, for somebody who wants to read it once more."""
    notice = context.house.notice
    return NothingDue() if notice is None else NoticeShown(notice, "", "", due=False)


def ask_notice(context: Context, _request: AskNotice) -> NoticeShown | NothingDue:
    """Web chat and console are one door of the house itself: what was acknowledged in one holds in the other."""
    notice, member = context.house.notice, context.actor.member
    if notice is None:
        return NothingDue()
    address = address_of(member)
    proof = acknowledgements.proof_at(context.connection, WEBCHAT, address, notice.version, member)
    if proof is not None and proof.acknowledged_at is not None:
        return NothingDue()
    return NoticeShown(notice, WEBCHAT, address)


class AcknowledgeHere(Struct, frozen=True):
    """The actor has read the notice in a version on a page."""

    version: str


def acknowledge_here(context: Context, request: AcknowledgeHere) -> Agreed | Refused:
    """Shown and acknowledged at once: the page that is answered has shown it."""
    notice, member = context.house.notice, context.actor.member
    if notice is None or notice.version != request.version:
        return refuse("notice_over")
    address = address_of(member)
    acknowledgements.show(context.connection, WEBCHAT, address, notice.version, member, context.now)
    return acknowledge(context, AcknowledgeNotice(WEBCHAT, address, request.version))


def record_basis(context: Context, request: RecordBasis) -> Ran:
    """The trail holds each text from the start on which it was first used."""
    if context.actor.may("install", 0, "/") is None:
        return Ran(0)
    known = audit.page(context.connection, audit.Filter(action=BASIS, subject=("house", 0)), range(1))
    before = str(known[0].facts.get("after", "")) if known else ""
    if request.text == before:
        return Ran(0)
    context.audit(BASIS, "house", 0, before=before, after=request.text)
    return Ran(1)


def proofs_of(context: Context, member: int) -> list[Proof]:
    """What a member was shown, and what he said to it."""
    return acknowledgements.proofs_of(context.connection, member)


REQUESTS: dict[type, Handler] = {
    AcknowledgeNotice: acknowledge,
    DeclineNotice: decline,
    ReadNotice: read_again,
    AskNotice: ask_notice,
    AcknowledgeHere: acknowledge_here,
    RecordBasis: record_basis,
}
