"""The check of all channels: settings, rows, and what the platforms say to it."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx

from bot import probes
from bot.config import Settings
from bot.notice import notice_of, problems_of
from handlers.channels import ChannelRows
from rules.checks import Checked, Finding
from storage.acknowledgements import Told
from storage.ways import Counted

Probe = Callable[[httpx.AsyncClient, Settings], Awaitable[list[Finding]]]
PROBES: dict[str, Probe] = {
    "public": probes.public,
    "telegram": probes.telegram,
    "wechat": probes.wechat,
    "wecom": probes.wecom,
}
HOOKED = ("wechat", "wecom")
PORTS = (None, 80, 443)
"""The platforms post to no other."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a house."""

    settings: Settings
    rows: ChannelRows

    async def run(self, *, offline: bool) -> list[Checked]:
        """All channels, the platforms asked at the same time."""
        found = [self._house(), self._public(), *map(self._channel, ("webchat", "telegram", *HOOKED))]
        if offline:
            return found
        async with probes.client() as web:
            return list(await asyncio.gather(*(self._asked(web, each) for each in found)))

    async def _asked(self, web: httpx.AsyncClient, checked: Checked) -> Checked:
        """With what the platform says; only what is set up is asked, and an address only when it could answer."""
        probe = PROBES.get(checked.name)
        unfit = checked.name == "public" and not self.settings.public_url
        if probe is None or checked.off or unfit or any(each.code == "no_basis" for each in checked.findings):
            return checked
        try:
            more = await probe(web, self.settings)
        except probes.Silent:
            more = [Finding("silent", "note" if checked.name == "public" else "missing")]
        return replace(checked, findings=(*checked.findings, *more))

    def _house(self) -> Checked:
        problems, notice = problems_of(self.settings), notice_of(self.settings)
        found = [Finding("profile", "ok", {"profile": self.settings.profile})]
        found += [Finding(problem.code, "missing", problem.facts) for problem in problems]
        if notice is not None:
            found.append(Finding("notice", "ok", {"version": notice.version}))
        elif not problems:
            found.append(Finding("no_notice", "note"))
        found.append(Finding("unreached", "note" if self.rows.unreached else "ok", {"count": self.rows.unreached}))
        return Checked("house", tuple(found))

    def _public(self) -> Checked:
        problem = address_problem(self.settings.public_url)
        hooked = any(self._on(name) for name in HOOKED)
        hooked = hooked or (self._on("telegram") and self.settings.telegram_mode == "webhook")
        if not problem:
            return Checked("public", (Finding("address", "ok", {"address": self.settings.address}),))
        return Checked("public", (Finding(problem, "missing" if hooked else "note"),))

    def _on(self, name: str) -> bool:
        """Whether a channel is set up."""
        there = {
            "webchat": True,
            "telegram": bool(self.settings.telegram_token.get_secret_value()),
            "wechat": self.settings.wechat_on,
            "wecom": self.settings.wecom_on,
        }
        return there[name]

    def _channel(self, name: str) -> Checked:
        accounts = self._accounts(name)
        if not self._on(name):
            left = [each for each in accounts if each.code == "accounts"]
            return Checked(name, (Finding("off", "note"), *left), off=True)
        found = {"telegram": self._telegram, "wechat": self._wechat, "wecom": self._wecom}.get(name, list)()
        return Checked(name, (*found, *accounts))

    def _accounts(self, name: str) -> list[Finding]:
        counted = self.rows.accounts.get(name, Counted())
        found = []
        if counted.bound:
            found.append(Finding("accounts", "ok", {"count": counted.bound}))
        else:
            found.append(Finding("no_accounts", "note"))
        if counted.blocked:
            found.append(Finding("blocked", "note", {"count": counted.blocked}))
        if name == "wechat" and counted.bound:
            facts = {"windows": counted.windows, "consents": counted.consents}
            found.append(Finding("windows", "note", facts))
        if name in self.rows.told:
            told: Told = self.rows.told[name]
            facts = {"shown": told.shown, "read": told.acknowledged, "declined": told.declined}
            found.append(Finding("told", "note", facts))
        return found

    def _telegram(self) -> list[Finding]:
        if not self.settings.telegram_allowed:
            return [Finding("no_basis", "missing")]
        basis = self.settings.telegram_basis
        return [Finding("basis", "ok", {"basis": basis})] if basis else [Finding("settings", "ok")]

    def _wechat(self) -> list[Finding]:
        found = [Finding("settings", "ok"), self._hook("wechat")]
        template, subscribe = self.settings.wechat_template, self.settings.wechat_subscribe
        if not template and not subscribe:
            found.append(Finding("no_template", "note"))
        return found

    def _wecom(self) -> list[Finding]:
        return [Finding("settings", "ok"), self._hook("wecom")]

    def _hook(self, name: str) -> Finding:
        """What to enter at the platform; the token and the key are named by their settings."""
        facts = {"address": f"{self.settings.address}/hooks/{name}", "prefix": f"ZHIBU_{name}".upper()}
        return Finding(f"hook_{name}", "note", facts)


def address_problem(address: str) -> str:
    """Why a platform cannot post to an address, by its form alone; "" when it can."""
    if not address:
        return "address_unset"
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https":
        return "address_not_https"
    if host == "localhost" or "." not in host or _number(host):
        return "address_no_domain"
    return "" if parts.port in PORTS else "address_port"


def _number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
