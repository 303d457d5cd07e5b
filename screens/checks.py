"""The check of the channels in words: what works, what is missing, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from rules.checks import Checked, Finding
from screens.people import channel_word
from screens.privacy import UNFIT
from screens.texts import Say, Sentences, clean, joined

MARKS = {"ok": "✓", "missing": "✗", "note": "·"}


def _what(say: Say, what: str) -> str:
    """What a platform was asked for."""
    return {
        "token": say("access token"),
        "menu": say("menu"),
        "template": say("template message (ZHIBU_WECHAT_TEMPLATE)"),
        "subscribe": say("subscription message (ZHIBU_WECHAT_SUBSCRIBE)"),
        "app": say("the app"),
    }[what]


# the platforms' numbers, and what to do; others are quoted
CURES: dict[object, Callable[[Say, str], str]] = {
    -1: lambda say, at: say("the platform is busy: check again in a minute"),
    40001: lambda say, at: say("the secret is wrong, or was changed at the platform"),
    40013: lambda say, at: say("the id of the account is wrong"),
    40056: lambda say, at: say("there is no app of this number: see ZHIBU_WECOM_AGENT_ID"),
    40125: lambda say, at: say("the secret is wrong, or was changed at the platform"),
    40164: lambda say, at: say(
        "the platform does not let this server in: enter its address {address} under 设置与开发, 基本配置, IP白名单",
        address=at or "?",
    ),
    40243: lambda say, at: say("the secret is frozen: thaw it at the platform"),
    41002: lambda say, at: say("the id of the account is missing"),
    45009: lambda say, at: say("the calls of today are used up: they begin anew at midnight"),
    48001: lambda say, at: say(
        "the account has no right to it: see 接口权限 at the platform; it may have to be certified"
    ),
    60011: lambda say, at: say("the app may not see this: see 可见范围 at the platform"),
    60020: lambda say, at: say(
        "the platform does not let this server in: enter its address {address} in the app, under 企业可信IP",
        address=at or "?",
    ),
    301002: lambda say, at: say("the secret is not that of the app: see ZHIBU_WECOM_AGENT_ID and ZHIBU_WECOM_SECRET"),
    "HTTP 401": lambda say, at: say("the token is wrong, or was withdrawn: see ZHIBU_TELEGRAM_TOKEN"),
    "HTTP 404": lambda say, at: say("the token is wrong, or was withdrawn: see ZHIBU_TELEGRAM_TOKEN"),
}


def _refused(say: Say, finding: Finding) -> str:
    number, at = finding.facts["number"], clean(str(finding.facts["address"]))
    cure = CURES[number](say, at) if number in CURES else say("look the number up at the platform")
    what = _what(say, str(finding.facts["what"]))
    return say("{what}: refused with {number}; {cure}", what=what, number=number, cure=cure)


WORDS: Sentences = {
    **UNFIT,
    "profile": lambda say, f: say("Profile: {profile}", **f),
    "notice": lambda say, f: say("Notice about personal data: version {version}", **f),
    "no_notice": lambda say, f: say("There is no notice about personal data; put notice.md into the data folder."),
    "unreached": lambda say, f: say("Members whom no channel reaches: {count}", **f),
    "address": lambda say, f: say("Public address: {address}", **f),
    "address_unset": lambda say, f: say("ZHIBU_PUBLIC_URL is not set: links lead to this machine only."),
    "address_not_https": lambda say, f: say("ZHIBU_PUBLIC_URL does not begin with https: the platforms need it."),
    "address_no_domain": lambda say, f: say("ZHIBU_PUBLIC_URL is not a domain name that can be reached from outside."),
    "address_port": lambda say, f: say("ZHIBU_PUBLIC_URL names a port: the platforms post to 443 (or 80) only."),
    "answers": lambda say, f: say("The house answers at its public address."),
    "answers_not": lambda say, f: say("Something else answers at the public address: see the web server in front."),
    "off": lambda say, f: say("not set up"),
    "settings": lambda say, f: say("The settings are complete."),
    "basis": lambda say, f: say("Basis on record: {basis}", basis=clean(str(f["basis"]))),
    "bot": lambda say, f: say("The token works; the bot is @{name}.", name=clean(str(f["name"]))),
    "webhook": lambda say, f: say("Telegram posts to this house."),
    "webhook_elsewhere": lambda say, f: say("Telegram does not post to this house yet: start zhibu run once."),
    "token": lambda say, f: say("An access token is given: id and secret are right."),
    "no_token": lambda say, f: say("The platform gave no access token."),
    "menu": lambda say, f: say("The menu is set."),
    "no_menu": lambda say, f: say("The menu is not set: start zhibu run once."),
    "has": lambda say, f: say("{what}: is the account's", what=_what(say, f["what"])),
    "not_the_account_s": lambda say, f: say("{what}: the account has no such template", what=_what(say, f["what"])),
    "no_template": lambda say, f: say(
        "Neither a template nor a subscription message is set: notices arrive only within 48 hours after the member "
        "has written; else they go to another channel."
    ),
    "app": lambda say, f: say("The app is there: {name}", name=clean(str(f["name"]))),
    "app_off": lambda say, f: say("The app is switched off at the platform."),
    "silent": lambda say, f: say("No answer, or none that can be read: check network, proxy and address."),
    "hook_wechat": lambda say, f: say(
        "Enter at the platform (基本配置, 服务器配置): {address}; the token of {prefix}_TOKEN, the key of "
        "{prefix}_AES_KEY, 安全模式, XML.",
        **f,
    ),
    "hook_wecom": lambda say, f: say(
        "Enter at the platform (应用, 接收消息, API接收): {address}; the token of {prefix}_TOKEN, the key of "
        "{prefix}_AES_KEY.",
        **f,
    ),
    "accounts": lambda say, f: say("Accounts bound: {count}", **f),
    "no_accounts": lambda say, f: say("No account is bound yet."),
    "blocked": lambda say, f: say("Blocked or left among them: {count}", **f),
    "windows": lambda say, f: say("May be written to now: {windows} by an open window, {consents} by consent", **f),
    "told": lambda say, f: say("Notice of today: shown {shown}, read {read}, declined {declined}", **f),
}


def finding_words(say: Say, finding: Finding) -> str:
    """One finding."""
    return _refused(say, finding) if finding.code == "refused" else WORDS[finding.code](say, finding.facts)


def heading(say: Say, checked: Checked) -> str:
    """A channel, and how it stands."""
    names = {"house": say("House"), "public": say("Public address")}
    name = names.get(checked.name) or channel_word(say, checked.name)
    if checked.off:
        return say("{name}: {state}", name=name, state=say("not set up"))
    if checked.missing:
        return say("{name}: {state}", name=name, state=say("{count} things are missing", count=checked.missing))
    return say("{name}: {state}", name=name, state=say("all right"))


def told(say: Say, checked: Checked) -> list[str]:
    """A channel in lines: what is missing first."""
    order = {"missing": 0, "ok": 1, "note": 2}
    rows = [each for each in checked.findings if each.code != "off"]
    lines = [
        joined(say, f"  {MARKS[each.state]} {finding_words(say, each)}")
        for each in sorted(rows, key=lambda each: order[each.state])
    ]
    return [heading(say, checked), *lines]
