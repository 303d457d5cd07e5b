"""What the door itself says: unknown words, old buttons, strangers, and a broken machine."""

from __future__ import annotations

from handlers.declarations.forms import Declare
from handlers.identities.vouched import VOUCHING, AskByAccount
from handlers.members import WEBCHAT, Help, Home
from screens.screen import Choice, Screen
from screens.texts import Say, clean


def unknown(say: Say, text: str) -> Screen:
    """Nothing understood."""
    shown = clean(text)[:30]
    lines = (
        say("“{text}” was not understood; nothing was changed.", text=shown)
        if shown
        else say("The message was empty."),
        say("Tap a button, or type: declare, my points, help."),
    )
    choices = (Choice(say("Declare"), Declare()), Choice(say("Help"), Help()), Choice(say("Home"), Home()))
    return Screen(say("Not understood"), lines, choices)


def too_long(say: Say, length: int, most: int) -> Screen:
    """A text beyond all bounds."""
    line = say("That is {length} characters; at most {most}. Please shorten it.", length=length, most=most)
    return Screen(say("Too long"), (line,), (Choice(say("Home"), Home()),))


def old_button(say: Say, *, used: bool) -> Screen:
    """A button that does nothing any more; the current screen follows."""
    line = (
        say("This step was done already; nothing was done twice.")
        if used
        else say("This button belongs to an older screen; nothing was changed.")
    )
    return Screen(say("Old button"), (line, say("Go on from here:")))


def list_changed(say: Say, text: str) -> Screen:
    """A number that stands at none of the choices being seen; the current screen follows."""
    line = say("There is no “{text}” on the list as it stands now; nothing was changed.", text=clean(text)[:30])
    return Screen(say("The list was updated"), (line, say("Go on from here:")))


def number_wanted(say: Say, text: str) -> Screen:
    """A number was asked for."""
    line = say("“{text}” is not a number. Please type a number such as 2.", text=clean(text)[:30])
    return Screen(say("A number, please"), (line,))


def pin_wanted(say: Say) -> Screen:
    """The PIN of an invitation was asked for."""
    return Screen(say("Please enter your PIN"), (say("Please type the PIN of the invitation: six digits."),))


def group(say: Say) -> Screen:
    """Groups are not served."""
    lines = (
        say("Please write to me in a private chat; I say nothing about anybody in groups."),
        say("Leave personal data out of this group."),
    )
    return Screen(say("Not in groups"), lines)


def marks_wanted(say: Say) -> Screen:
    """Attendance was not understood."""
    return Screen(say("Not understood"), (say("Type for example: late 3, on leave 5 7, absent 9"),))


def queue_first(say: Say) -> Screen:
    """Numbers only mean something on the list one sees."""
    return Screen(say("The list first"), (say("Numbers are those of the list you see. Here it is; type again:"),))


def nothing_to_undo(say: Say) -> Screen:
    """撤销 without a submission that could be undone."""
    line = say("There is nothing to undo; single lines can be withdrawn below.")
    return Screen(say("Nothing to undo"), (line,))


def stranger(say: Say, channel: str = WEBCHAT) -> Screen:
    """Nobody is bound to this address; where the employer vouches for accounts, one may ask without an invitation."""
    if channel in VOUCHING:
        lines = (
            say("Your account is not bound yet. Tap the button, or type 1: your branch secretary is asked to confirm."),
            say("Have you got a personal link? Send it here, and it opens your invitation."),
        )
        return Screen(say("We do not know you yet"), lines, (Choice(say("Ask to be bound"), AskByAccount()),))
    line = say("Please open the personal link from your branch secretary and enter the PIN.")
    if channel != WEBCHAT:
        line = say("Please ask your branch secretary for an invitation, and open its link for this app.")
    return Screen(say("We do not know you yet"), (line,))


def not_yet(say: Say) -> Screen:
    """The account waits to be confirmed."""
    lines = (
        say("Your secretary has not confirmed yet that this account is yours; you will be told here."),
        say("If it takes long, please remind your secretary."),
    )
    return Screen(say("Almost there"), lines)


def scene_shown(say: Say) -> Screen:
    """Below an invitation: its code for the official account."""
    line = say("Scanned in WeChat, this code opens the invitation in the official account. It is shown once.")
    return Screen(say("For WeChat"), (line,))


def no_scene(say: Say) -> Screen:
    """Below an invitation: the platform gives no code."""
    line = say("The official account gave no code just now. The link above works in WeChat's browser, too.")
    return Screen(say("For WeChat"), (line,))


def shown_once(say: Say) -> Screen:
    """In place of a screen that held a secret."""
    return Screen(
        say("Shown once"),
        (say("What stood here was shown once and is not kept. Please ask for it again if needed."),),
        (Choice(say("Home"), Home()),),
    )


def broken(say: Say) -> Screen:
    """The machine failed; the message is kept."""
    lines = (
        say("Your message is kept, but could not be handled. An administrator can look into it."),
        say("You can go on with something else."),
    )
    return Screen(say("Something went wrong on our side"), lines, (Choice(say("Home"), Home()),))


def busy(say: Say) -> Screen:
    """The database did not answer; nothing was stored."""
    line = say("Nothing was stored just now. Please send it again in a minute.")
    return Screen(say("Please try again"), (line,))
