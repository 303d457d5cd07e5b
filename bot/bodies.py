"""The body of a post, read within a bound."""

from __future__ import annotations

from starlette.requests import ClientDisconnect, Request

MOST_DIGITS = 12


async def read_body(request: Request, most: int) -> bytes | None:
    """The body; None when it is too long, whatever its header says, and nothing when the sender hung up."""
    told = request.headers.get("content-length", "0")
    if not (told.isascii() and told.isdigit()) or len(told) > MOST_DIGITS or int(told) > most:
        return None
    parts = bytearray()
    try:
        async for part in request.stream():
            parts += part
            if len(parts) > most:
                return None
    except ClientDisconnect:
        return b""
    return bytes(parts)
