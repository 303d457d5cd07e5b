"""Binding and ending accounts on channels."""

from __future__ import annotations

from handlers.declarations.forms import Declare
from handlers.identities.accounts import Unbind, UnbindQuestion, Unbound
from handlers.identities.binding import BindingAsked, BindingDecided, Linked, PinWanted
from handlers.identities.vouched import AccountNoted
from handlers.ledger.points import MyPoints
from handlers.members import Help, Home
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, clean


def channel_word(say: Say, channel: str) -> str:
    """A channel in words."""
    return {
        "webchat": say("web chat"),
        "telegram": "Telegram",
        "wechat": say("WeChat official account"),
        "wecom": say("WeCom"),
    }.get(channel, channel)


def masked(name: str) -> str:
    """A name that only who knows the person recognises."""
    return name[:1] + "*" + (name[-1] if len(name) > 2 else "")


def asked(say: Say, answer: BindingAsked) -> Screen:
    """Somebody else confirms."""
    lines = (
        say("This invitation is for {name}.", name=masked(answer.person)),
        say("Your secretary confirms that this account is yours; you will be told here."),
    )
    return Screen(say("Almost there"), lines)


def noted(say: Say, _answer: AccountNoted) -> Screen:
    """The same for everybody: it does not tell whether there is such a member."""
    lines = (
        say("If your account has the name of a member, his branch secretary is asked now to confirm that it is his."),
        say("You will be told here. Nothing comes? Then please ask your branch secretary for an invitation."),
    )
    return Screen(say("Your request is noted"), lines)


def pin_wanted(say: Say, answer: PinWanted) -> Screen:
    """Nobody else may confirm."""
    lines = (
        say("This invitation is for {name}.", name=masked(answer.person)),
        say("Please type the PIN of the invitation: six digits."),
    )
    return Screen(say("Please enter your PIN"), lines, prompt=Prompt(answer.request, "correct", "pin"))


def decided(say: Say, answer: BindingDecided) -> Screen:
    """What became of a request."""
    facts = {"name": answer.person, "account": clean(answer.account), "channel": channel_word(say, answer.channel)}
    if answer.confirmed:
        line = say("{account} on {channel} is {name} from now on.", **facts)
        return Screen(say("Account bound"), (line,), (Choice(say("Home"), Home()),))
    line = say("{account} on {channel} stays a stranger; the invitation for {name} is still good.", **facts)
    return Screen(say("Account refused"), (line,), (Choice(say("Home"), Home()),))


def home_choices(say: Say, *, declares: bool) -> tuple[Choice, ...]:
    """Where somebody begins who has just come in."""
    own = (Choice(say("Declare"), Declare()), Choice(say("My points"), MyPoints())) if declares else ()
    return (*own, Choice(say("Home"), Home()), Choice(say("Help"), Help()))


def linked(say: Say, answer: Linked) -> Screen:
    """The account is bound."""
    line = say("From now on you can do everything here on {channel}.", channel=channel_word(say, answer.channel))
    return Screen(say("Your account is bound"), (line,), home_choices(say, declares=answer.declares))


def unbind_question(say: Say, answer: UnbindQuestion) -> Screen:
    """Which account is to be ended?"""
    choices = [
        Choice(say("End {channel}", channel=channel_word(say, channel)), Unbind(channel)) for channel in answer.channels
    ]
    line = say("Messages then go to your other channels; to come back you need a new invitation.")
    return Screen(say("End the binding of an account?"), (line,), (*choices, Choice(say("Home"), Home())))


def unbound(say: Say, answer: Unbound) -> Screen:
    """The account is nobody's any more."""
    line = say("Your account on {channel} is not yours here any more.", channel=channel_word(say, answer.channel))
    return Screen(say("Binding ended"), (line,))


SCREENS: dict[type, Draw] = {
    BindingAsked: asked,
    AccountNoted: noted,
    PinWanted: pin_wanted,
    BindingDecided: decided,
    Linked: linked,
    UnbindQuestion: unbind_question,
    Unbound: unbound,
}
