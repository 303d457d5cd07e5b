"""The baseline of start and memory: a Starlette application that does nothing, served as the bot is."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def health(_request: Request) -> Response:
    """Always well."""
    return JSONResponse({"status": "ok"})


async def nothing(_request: Request) -> Response:
    """Answers as the chat does, with nothing."""
    return JSONResponse({"screens": []})


if __name__ == "__main__":
    posts = [Route(path, nothing, methods=["POST"]) for path in ("/chat/api/messages", "/hooks/wechat")]
    app = Starlette(routes=[Route("/healthz", health), *posts])
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
