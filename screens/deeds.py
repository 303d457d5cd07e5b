"""Words of deeds, and of the lists that can be taken away."""

from __future__ import annotations

from collections.abc import Callable

from screens.texts import Say

ACTIONS: dict[str, Callable[[Say], str]] = {
    "submit": lambda say: say("submit"),
    "withdraw": lambda say: say("withdraw"),
    "change": lambda say: say("change"),
    "drop": lambda say: say("drop drafts"),
    "undo": lambda say: say("undo a submission"),
    "reopen": lambda say: say("open again"),
    "note": lambda say: say("add a note"),
    "file": lambda say: say("add a file"),
    "attach": lambda say: say("attach a file"),
    "answer": lambda say: say("answer an entry"),
    "approve": lambda say: say("approve"),
    "return": lambda say: say("return"),
    "reject": lambda say: say("reject"),
    "record": lambda say: say("record"),
    "reverse": lambda say: say("take back"),
    "invite": lambda say: say("invite"),
    "pin_wrong": lambda say: say("wrong PIN"),
    "enter": lambda say: say("enter the chat"),
    "publish": lambda say: say("publish a rulebook"),
    "open": lambda say: say("open a month"),
    "close": lambda say: say("close a month"),
    "export": lambda say: say("take away as a file"),
    "announce": lambda say: say("send an announcement"),
    "confirm": lambda say: say("confirm an announcement"),
    "urge": lambda say: say("remind of an announcement"),
    "ask_binding": lambda say: say("ask to bind an account"),
    "bind": lambda say: say("bind an account"),
    "refuse_binding": lambda say: say("refuse an account"),
    "set_up": lambda say: say("set up the house"),
    "import": lambda say: say("import"),
    "account_removed": lambda say: say("account removed by the employer"),
    "unbind": lambda say: say("unbind an account"),
    "role_given": lambda say: say("give a role"),
    "role_ended": lambda say: say("end a role"),
    "deputy_named": lambda say: say("name a deputy"),
    "deputy_ended": lambda say: say("end a deputy"),
    "console_link": lambda say: say("ask for a console link"),
    "console_enter": lambda say: say("enter the console"),
    "console_leave": lambda say: say("leave the console"),
    "console_password": lambda say: say("set a console password"),
    "password_wrong": lambda say: say("wrong password"),
    "phone_link": lambda say: say("ask for a link to the form"),
    "phone_enter": lambda say: say("enter the phone pages"),
    "backup_made": lambda say: say("make a backup"),
    "backup_failed": lambda say: say("a backup that failed"),
    "drop_parked": lambda say: say("give up a message that could not be handled"),
    "acknowledge_notice": lambda say: say("read the notice about personal data"),
    "decline_notice": lambda say: say("decline the notice about personal data"),
    "telegram_basis": lambda say: say("record the basis for Telegram"),
    "task_report": lambda say: say("report a task"),
    "task_finish": lambda say: say("finish a task"),
    "task_withdraw": lambda say: say("take a report of a task back"),
    "task_file": lambda say: say("add a file to a task"),
    "task_words": lambda say: say("add words to a report of a task"),
    "task_stance": lambda say: say("say how a task stands"),
    "task_ask_more_time": lambda say: say("ask for more time for a task"),
    "task_promise": lambda say: say("make a promise"),
    "restored": lambda say: say("restore a backup"),
}
EXPORTED: dict[str, Callable[[Say], str]] = {
    "lines": lambda say: say("Lines of declarations"),
    "entries": lambda say: say("Ledger entries"),
    "months": lambda say: say("Branches by month"),
    "messages": lambda say: say("Deliveries"),
    "unreached": lambda say: say("Not reached by any channel"),
    "proofs": lambda say: say("Notice about personal data"),
    "announcements": lambda say: say("Announcements sent"),
    "recipients": lambda say: say("Recipients of an announcement"),
    "deeds": lambda say: say("Audit trail"),
    "publication": lambda say: say("Publication sheet"),
}


def action_word(say: Say, action: str) -> str:
    """A deed in words."""
    return ACTIONS[action](say) if action in ACTIONS else say("another deed")
