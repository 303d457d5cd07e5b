"""Words of the delivery ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from handlers.deliveries import ListedMessage, UnreachedMember
from screens.people import channel_word
from screens.texts import Say, clean, joined, names

KINDS: dict[str, Callable[[Say], str]] = {
    "reply": lambda say: say("reply"),
    "urgent": lambda say: say("at once"),
    "digest": lambda say: say("daily digest"),
}
STATES: dict[str, Callable[[Say], str]] = {
    "due": lambda say: say("due"),
    "sending": lambda say: say("being sent"),
    "sent": lambda say: say("sent"),
    "failed": lambda say: say("not delivered"),
    "unknown": lambda say: say("uncertain"),
    "cancelled": lambda say: say("not sent: it went another way"),
}
NOTICES: dict[str, Callable[[Say], str]] = {
    "period_opened": lambda say: say("month open"),
    "declare_reminder": lambda say: say("reminder to declare"),
    "review_pending": lambda say: say("waiting for review"),
    "period_closed": lambda say: say("month closed"),
    "calendar_unknown": lambda say: say("holidays unknown"),
    "announcement": lambda say: say("announcement"),
    "announcement_reminder": lambda say: say("announcement: reminder"),
    "announcement_urged": lambda say: say("announcement: reminder"),
    "announcement_withdrawn": lambda say: say("announcement withdrawn"),
    "account_removed": lambda say: say("account removed by the employer"),
    "binding_asked": lambda say: say("account asks to be bound"),
    "backup_failed": lambda say: say("backup failed"),
    "lines_decided": lambda say: say("decision"),
    "declared_for": lambda say: say("declared on behalf"),
    "entry_recorded": lambda say: say("entry recorded"),
    "entry_reversed": lambda say: say("entry taken back"),
    "member_answered": lambda say: say("answer to an entry"),
    "identity_bound": lambda say: say("account bound"),
    "console_entered": lambda say: say("console entered"),
    "console_password": lambda say: say("console password set"),
    "role_changed": lambda say: say("role changed"),
    "task_reported": lambda say: say("reports to verify"),
    "more_time_asked": lambda say: say("more time asked for"),
    "task_orphaned": lambda say: say("tasks without anybody"),
    "task_decided": lambda say: say("task decided"),
    "task_help": lambda say: say("help asked for"),
    "task_urged": lambda say: say("task: reminder by hand"),
    "task_issued_soon": lambda say: say("new task, due soon"),
}
# what a channel may say, in words; other codes are quoted
CODES: dict[str, Callable[[Say], str]] = {
    "": lambda say: say("accepted"),
    "channel_off": lambda say: say("the channel is switched off"),
    "blocked": lambda say: say("the member blocked us"),
    "window_closed": lambda say: say("the channel lets us write only after the member has written"),
    "window_shut": lambda say: say("the channel lets us write only after the member has written"),
    "declined": lambda say: say("the member declined the notice about personal data"),
    "no_consent": lambda say: say("the member has not agreed to be notified there"),
    "not_following": lambda say: say("the member does not follow the account"),
    "unlicensed": lambda say: say("the member has no licence for the app"),
    "not_found": lambda say: say("the address does not exist any more"),
    "rate_limited": lambda say: say("too many messages at once; tried again"),
    "timeout": lambda say: say("no answer in time"),
    "timed_out": lambda say: say("no answer in time"),
    "connection_lost": lambda say: say("the connection broke while sending"),
    "not_connected": lambda say: say("the platform could not be reached"),
    "server_error": lambda say: say("the platform had a fault"),
    "flood": lambda say: say("too many messages at once; tried again"),
    "chat_migrated": lambda say: say("the address moved; sent to the new one"),
    "chat_not_found": lambda say: say("the address does not exist any more"),
    "token_invalid": lambda say: say("the platform does not accept the bot's token"),
    "token_awaited": lambda say: say("the platform's access token could not be had in time"),
    "account_refused": lambda say: say("the platform does not accept the account's id or secret"),
    "address_untrusted": lambda say: say("the platform does not trust this server's address"),
    "no_right": lambda say: say("the account has no right to this"),
    "busy": lambda say: say("the platform was busy"),
    "quota": lambda say: say("what the platform allows is spent; goes on when it allows more"),
    "too_long": lambda say: say("longer than the platform takes"),
    "template_refused": lambda say: say("the platform refused the template"),
    "media_gone": lambda say: say("the platform has the file no more"),
    "media_refused": lambda say: say("the platform does not take the file"),
    "content_refused": lambda say: say("the platform refused the content"),
    "code_invalid": lambda say: say("the platform's sign-in is over"),
    "call_refused": lambda say: say("the platform refused the form of the message"),
    "signature_invalid": lambda say: say("the signature is not the platform's"),
    "answer_unclear": lambda say: say("the platform's answer was not understood"),
    "platform_error": lambda say: say("the platform had a fault"),
    "restart": lambda say: say("the program ended while sending"),
    "restored": lambda say: say("left over from before a restore; not sent again"),
}


def kind_word(say: Say, kind: str) -> str:
    """How a message goes out."""
    return KINDS[kind](say) if kind in KINDS else say("other")


def state_of(say: Say, state: str) -> str:
    """How a message stands."""
    return STATES[state](say) if state in STATES else say("other")


def notices_text(say: Say, notices: Iterable[tuple[str, int]]) -> str:
    """What a message holds."""
    words = [(NOTICES[kind](say) if kind in NOTICES else say("other notice"), number) for kind, number in notices]
    return names(say, [word if number == 1 else f"{word}×{number}" for word, number in words])


def code_words(say: Say, code: str) -> str:
    """What a channel said."""
    return CODES[code](say) if code in CODES else say("code {code}", code=clean(code))


def attempts_text(say: Say, row: ListedMessage) -> str:
    """Each attempt in words; a message without any was never tried."""
    if not row.attempts:
        return say("no address on any channel") if row.message.channel is None else say("not tried yet")
    said = [code_words(say, each.code) for each in row.attempts]
    return joined(say, *(f"{number}. {text}" for number, text in enumerate(said, 1))) if len(said) > 1 else said[0]


def _write_again(say: Say) -> str:
    return say("please ask the member to write to the account again, or to use another channel")


def _any_word(say: Say) -> str:
    return say("please ask the member to send the account any word")


def _operator(say: Say) -> str:
    return say("please ask the operator: zhibu channels check")


# what somebody can do about it; about other codes only the operator can
CURES: dict[str, Callable[[Say], str]] = {
    "blocked": _write_again,
    "chat_not_found": _write_again,
    "not_following": lambda say: say("please ask the member to follow the account again"),
    "not_found": lambda say: say("please invite the member again"),
    "window_shut": _any_word,
    "window_closed": _any_word,
    "no_consent": _any_word,
    "declined": lambda say: say("please hand out paper, and enter it on the member's behalf"),
    "channel_off": _operator,
    "token_invalid": _operator,
    "account_refused": _operator,
    "address_untrusted": _operator,
    "no_right": _operator,
    "template_refused": _operator,
}


def unreached_why(say: Say, row: UnreachedMember) -> str:
    """Why somebody is not reached, and what to do."""
    if not row.bound:
        return say("no account on any channel; please invite")
    if not row.error:
        return say("the newest message could not be delivered; please tell the member in person")
    cure = CURES[row.error](say) if row.error in CURES else say("please tell the member in person")
    where = channel_word(say, row.channel) if row.channel else ""
    return joined(say, f"{where} {code_words(say, row.error)}".strip(), cure)
