"""What every answer of the web pages carries, and how much may be sent."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_FORM = 64 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    # not no-referrer: browsers would then send "Origin: null" with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class Door:
    """Adds the headers to every answer and stops bodies that are too large; what lies under `static` may be kept."""

    def __init__(self, app: ASGIApp, static: str, most: int, *, secure: bool) -> None:
        self.app, self.static, self.most = app, static, most
        more = {"Strict-Transport-Security": "max-age=31536000"} if secure else {}
        self.headers = [(name.lower().encode(), value.encode()) for name, value in (HEADERS | more).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        kept = b"no-cache" if scope["path"].startswith(self.static) else b"no-store"
        size = 0

        async def measured() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.most:
                raise HTTPException(413)
            return message

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers, (b"cache-control", kept)]
            await send(message)

        await self.app(scope, measured, dressed)
