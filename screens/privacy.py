"""The notice about personal data as a screen, and what follows from the answer to it."""

from __future__ import annotations

from collections.abc import Callable

from handlers.members import Help, Home
from handlers.privacy import AcknowledgeNotice, Agreed, Declined, DeclineNotice, NothingDue, NoticeShown, ReadNotice
from handlers.proofs import ProofPage
from screens.people import channel_word
from screens.screen import Choice, Draw, Screen
from screens.tables import Cell, Column, Table
from screens.texts import Say, Sentences, clean, names

PAGE = "/notice"
ENGLISH_ALPHABET = "I have read it"


def notice(say: Say, answer: NoticeShown) -> Screen:
    """The text of the organisation, and one tap."""
    words = answer.notice.told(locale_of(say))
    lines = tuple(clean(line) for line in words.lines)
    title = clean(words.title) or say("How we handle your personal data")
    if not answer.due:
        return Screen(title, lines, (Choice(say("Home"), Home()),), link=PAGE)
    here = (answer.channel, answer.address, answer.notice.version)
    choices = (
        Choice(say("I have read it"), AcknowledgeNotice(*here)),
        Choice(say("I do not agree"), DeclineNotice(*here)),
    )
    return Screen(
        title, (*lines, say("Please choose; what you wrote is handled right afterwards.")), choices, link=PAGE
    )


def locale_of(say: Say) -> str:
    """The language in which words are said."""
    return "en" if say(ENGLISH_ALPHABET) == ENGLISH_ALPHABET else "zh_CN"


def agreed(say: Say, _answer: Agreed) -> Screen:
    """Nothing waited."""
    choices = (Choice(say("Home"), Home()), Choice(say("Help"), Help()))
    return Screen(say("Thank you"), (say("You can go on now."),), choices)


def declined(say: Say, answer: Declined) -> Screen:
    """Nothing is handled here; how it goes without."""
    lines = [say("Nothing of what you write here is handled, and no notices come here.")]
    if answer.emptied:
        lines.append(say("What you wrote before was deleted unread."))
    lines += [
        say("You can declare on paper: your branch secretary has the form and enters it. You lose nothing by it."),
        say("You can change your mind at any time: read the notice again and choose."),
    ]
    return Screen(say("You did not agree"), tuple(lines), (Choice(say("Read the notice again"), ReadNotice()),))


def none_due(say: Say, _answer: NothingDue) -> Screen:
    """There is nothing to be read."""
    return Screen(say("There is no notice to read."), (), (Choice(say("Home"), Home()),))


# what the profile asks for and is not there, for the operator
UNFIT: Sentences = {
    "no_basis": lambda say, f: say(
        "In the profile cn-public Telegram is off: it sends personal data abroad. Delete ZHIBU_TELEGRAM_TOKEN, or "
        "record in ZHIBU_TELEGRAM_BASIS which assessment, consent or export path allows it, who decided and when."
    ),
    "notice_missing": lambda say, f: say(
        "The profile cn-public needs {file} in the data folder: copy examples/notice/notice.md there and fill it in.",
        **f,
    ),
    "notice_unreadable": lambda say, f: say("{file} in the data folder cannot be read as text in UTF-8.", **f),
    "notice_empty": lambda say, f: say("The notice about personal data holds no text."),
    "notice_too_long": lambda say, f: say("The notice about personal data is longer than {most} characters.", **f),
    "notice_blanks": lambda say, f: say(
        "The notice about personal data still holds {count} blanks to be filled in, such as {some}.",
        count=f["count"],
        some=" ".join(f["blanks"]),
    ),
}


STATES: dict[str, Callable[[Say], str]] = {
    "read": lambda say: say("read"),
    "declined": lambda say: say("declined"),
    "shown": lambda say: say("shown, not answered"),
    "never": lambda say: say("not shown yet"),
}


def proofs(say: Say, answer: ProofPage) -> Table:
    """How each member stands to the notice of today."""
    columns = (
        Column(say("Member code")),
        Column(say("Member")),
        Column(say("Unit"), width=20),
        Column(say("Said to it"), width=14),
        Column(say("Shown"), "instant", 17),
        Column(say("Answered"), "instant", 17),
        Column(say("Channel"), width=20),
        Column(say("Version"), width=14, aside=True),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            row.code,
            row.name,
            row.unit_name,
            STATES[row.state](say),
            row.shown_at,
            row.answered_at,
            names(say, dict.fromkeys(channel_word(say, channel) for channel in row.channels)),
            answer.version,
        )
        for row in answer.rows
    )
    return Table(say("Notice about personal data"), columns, rows)


SCREENS: dict[type, Draw] = {NoticeShown: notice, Agreed: agreed, Declined: declined, NothingDue: none_due}
