"""How long the bot takes from start to ready, and how much memory it holds."""

from __future__ import annotations

import asyncio
import struct
import zlib
from statistics import median

from benchmarks.chat import MESSAGES, Wire
from benchmarks.figure import Figure, against
from benchmarks.process import Samples, Server, demo

READY, RESIDENT = "start_ready_s", "resident_mb"
STARTS_FULL, STARTS_SMALL = 15, 5
REQUESTS = 50
PERSONAS = ("m03", "m22", "m43")
TALK = (
    {"text": "帮助"},
    {"text": "申报"},
    {"text": "申报 志愿服务 2 学习 1"},
    {"text": "申报 志原服务 2"},
    {"text": "和上月一样"},
    {"text": "我的积分"},
    {"text": "为什么"},
    {"text": "本月申报"},
    {"text": "审核"},
)


def bare(samples: Samples) -> Server:
    """The baseline."""
    return Server(samples.work, "benchmarks.bare", "{port}")


def house(samples: Samples) -> Server:
    """`zhibu run` on a database with a year of history and all its tables up to date."""
    return Server(samples.work, "bot", "run", "--port", "{port}", data=samples.copy())


def ready(samples: Samples, full: bool) -> list[Figure]:
    """Seconds from spawning `zhibu run` to the first 200 of /healthz."""
    count = STARTS_FULL if full else STARTS_SMALL
    taken: list[float] = []
    plain: list[float] = []
    with house(samples) as server, bare(samples) as baseline:
        for _ in range(count):
            for each, times in ((server, taken), (baseline, plain)):
                times.append(each.start())
                each.end()
    detail = (
        f"median of {count} starts of zhibu run with a year of history ({min(taken):.2f}–{max(taken):.2f} s); "
        f"baseline: an empty Starlette application with uvicorn, started the same way in turn"
    )
    return [against(READY, median(taken), "s", median(plain), detail)]


def resident(samples: Samples, _full: bool) -> list[Figure]:
    """Memory after start, and after chat requests with everything a member asks for, pictures included."""
    with house(samples) as server:
        server.start()
        idle = server.resident_mb()
    with demo(samples.work, samples.copy()) as server:
        server.start()
        asyncio.run(_talk(server.port))
        used = server.resident_mb()
    with bare(samples) as server:
        server.start()
        asyncio.run(_talk(server.port))
        plain = server.resident_mb()
    detail = (
        f"the larger of zhibu run when ready ({idle:.0f} MB) and zhibu demo after {REQUESTS} chat requests, one in ten "
        f"a photo ({used:.0f} MB); VmRSS; baseline: an empty Starlette application after as many requests"
    )
    return [against(RESIDENT, max(idle, used), "MB", plain, detail)]


async def _talk(port: int) -> None:
    wire = Wire(port)
    try:
        async with asyncio.timeout(60):
            for index in range(REQUESTS):
                persona = PERSONAS[index % len(PERSONAS)]
                turn = index % (len(TALK) + 1)
                if turn < len(TALK):
                    await wire.tell({"persona": persona, **TALK[turn]})
                else:
                    await wire.post(MESSAGES, "multipart/form-data; boundary=edge", photo_form(persona, index))
    finally:
        wire.close()


def photo_form(persona: str, shade: int) -> bytes:
    """A form with a photo, as a phone's browser sends it."""
    text = f'--edge\r\ncontent-disposition: form-data; name="persona"\r\n\r\n{persona}\r\n--edge\r\n'
    file = 'content-disposition: form-data; name="file"; filename="photo.png"\r\ncontent-type: image/png\r\n\r\n'
    return (text + file).encode() + png(1200, 900, shade) + b"\r\n--edge--\r\n"


def png(width: int, height: int, shade: int) -> bytes:
    """A grey picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + bytes([shade % 256]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
