"""The ways into the console and the phone pages: one-time links, and words for how and from where somebody came."""

from __future__ import annotations

from handlers.declarations.forms import Declare
from handlers.members import Home
from handlers.phones import AskForPhoneLink, PhoneLink
from handlers.signin import ConsoleLink
from screens.screen import Choice, Draw, Screen
from screens.texts import Say, day


def console_link(say: Say, answer: ConsoleLink) -> Screen:
    """The link, shown once."""
    lines = (
        say("Open the link on the computer you work at. It is good for ten minutes and for one entry."),
        say("It opens your console to whoever has it: please do not pass it on."),
    )
    return Screen(
        say("Your way into the console"),
        lines,
        (Choice(say("Home"), Home()),),
        link=f"/console/enter/{answer.token}",
        once=True,
    )


def form_choice(say: Say) -> Choice:
    """The button that asks for the form."""
    return Choice(say("Open the form"), AskForPhoneLink())


def phone_link(say: Say, answer: PhoneLink) -> Screen:
    """The link, shown once."""
    lines = (
        say("On the form you fill in several lines at once. The link is good for ten minutes and for one entry."),
        say("It opens your form to whoever has it: please do not pass it on."),
    )
    choices = (Choice(say("Declare"), Declare()), Choice(say("Home"), Home()))
    return Screen(say("Your form"), lines, choices, link=f"/m/in/link/{answer.token}", once=True)


def device_word(say: Say, device: str) -> str:
    """What somebody came in with."""
    return {
        "wechat": say("WeChat"),
        "iphone": say("iPhone"),
        "ipad": say("iPad"),
        "android": say("Android device"),
        "harmony": say("HarmonyOS device"),
        "windows": say("Windows computer"),
        "mac": say("Mac computer"),
        "linux": say("Linux computer"),
    }.get(device, say("unknown device"))


def means_word(say: Say, means: str) -> str:
    """How somebody came in."""
    return {"link": say("one-time link"), "password": say("password"), "demo": say("the demo")}[means]


def when(say: Say, local: str) -> str:
    """A local instant for people, from its ISO text: 11月22日 14:30."""
    return f"{day(say, local[:10])} {local[11:16]}"


SCREENS: dict[type, Draw] = {ConsoleLink: console_link, PhoneLink: phone_link}
