"""A Bot API that says yes to everything: what a bot tells it costs the bot, and nobody else."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ME = {"id": 1, "is_bot": True, "first_name": "支部", "username": "zhibu_bot"}


async def yes(request: Request) -> Response:
    """Who the bot is, or that it is done."""
    return JSONResponse({"ok": True, "result": ME if request.path_params["method"] == "getMe" else True})


async def health(_request: Request) -> Response:
    """Always well."""
    return JSONResponse({"status": "ok"})


if __name__ == "__main__":
    routes = [Route("/healthz", health), Route("/bot{token}/{method}", yes, methods=["GET", "POST"])]
    uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning", access_log=False)
