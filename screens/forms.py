"""Why a form of the phone pages is not taken, and why somebody does not come in there."""

from __future__ import annotations

from screens.texts import Sentences

WORDS: Sentences = {
    "phone_link_over": lambda say, f: say(
        "This link was used or is older than ten minutes. Please tap “Open the form” in the chat for a new one."
    ),
    "phone_unknown": lambda say, f: say(
        "This page is for people whose account is bound. Please ask your branch secretary for an invitation."
    ),
    "number_unclear": lambda say, f: say("{name}: please give a number such as 2 or 1.5.", **f),
    "quantity_unclear": lambda say, f: say("Please give a number such as 2 or 1.5."),
    "evidence_missing": lambda say, f: say("{name} needs evidence: a photo, a file or a note.", **f),
    "nothing_filled": lambda say, f: say("Nothing was filled in. Please give a number for at least one line."),
    "too_much_filled": lambda say, f: say("At most {most} lines at once. Please send the rest afterwards.", **f),
}
