"""Accounts on channels (账号绑定)."""

from __future__ import annotations

from handlers.context import Handler
from handlers.identities import accounts, binding, vouched

REQUESTS: dict[type, Handler] = {**accounts.REQUESTS, **binding.REQUESTS, **vouched.REQUESTS}
