"""The QR codes of screens as pictures that the platform takes: it takes no SVG."""

from __future__ import annotations

import base64
import io
import re

SIZE = re.compile(r'width="(\d+)"')
SCALE = re.compile(r"scale\((\d+)\)")
LINES = re.compile(r'class="qrline"[^>]* d="([^"]+)"')
STEP = re.compile(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?")
LIGHT, DARK = 255, 28
DATA = "data:image/svg+xml;base64,"


def png_of(address: str) -> bytes:
    """The PNG of a code drawn by `bot.dialogs.qr`; raises ValueError when it is something else."""
    from PIL import Image, ImageDraw

    drawn = base64.b64decode(address.removeprefix(DATA)).decode() if address.startswith(DATA) else ""
    size, scale, lines = SIZE.search(drawn), SCALE.search(drawn), LINES.search(drawn)
    if size is None or scale is None or lines is None:
        raise ValueError("no QR code")
    picture = Image.new("L", (int(size[1]), int(size[1])), LIGHT)
    pen, unit = ImageDraw.Draw(picture), int(scale[1])
    x = y = 0.0
    for kind, first, second in STEP.findall(lines[1]):
        if kind == "M":
            x, y = float(first), float(second)
        elif kind == "m":
            x, y = x + float(first), y + float(second)
        else:  # a row of dark squares: the line runs through their middle
            top = round((y - 0.5) * unit)
            pen.rectangle((round(x * unit), top, round((x + float(first)) * unit) - 1, top + unit - 1), fill=DARK)
            x += float(first)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
