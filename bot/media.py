"""Files that people send: type by content, size, EXIF removed, kept under the hash of the original."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from rules.evidence import ACCEPTED, MOST_PIXELS, check_file
from rules.problems import Problem
from storage.evidence import Filed, keep_file

OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_in(folder: Path, name: str, content: bytes) -> Filed | tuple[Problem, ...]:
    """Stores a file as evidence, or says why it is not taken."""
    media_type = kind_of(content)
    problems = check_file(len(content), media_type)
    if problems:
        return tuple(problems)
    stored, picture = content, media_type.startswith("image/")
    if picture:
        cleaned = without_metadata(content)
        if isinstance(cleaned, Problem):
            return (cleaned,)
        stored = cleaned
    digest = hashlib.sha256(content).hexdigest()
    path = keep_file(folder, digest + ACCEPTED[media_type], stored)
    shown = Path(name.replace("\\", "/")).name[:100] or digest[:8]
    return Filed("photo" if picture else "file", shown, media_type, digest, path, len(content))


def kind_of(content: bytes) -> str:
    """The media type found in the content; "" when it is none of those taken."""
    if not content:
        return ""
    if content[:4] == b"PK\x03\x04":
        return _office(content)
    import puremagic

    try:
        found = puremagic.magic_string(content[:4096])
    except puremagic.PureError:
        return ""
    names = [match.mime_type for match in found]
    return next((name for name in names if name in ACCEPTED), "")


def _office(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except zipfile.BadZipFile:
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""
    return next((media_type for part, media_type in OFFICE.items() if part in names), "")


def without_metadata(content: bytes) -> bytes | Problem:
    """The same picture, turned upright and written anew without EXIF; a refusal when it cannot be read."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, checked from the header before any pixel is read
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return Problem("picture_too_large", {"most": MOST_PIXELS // 1_000_000})
            kind = picture.format
            upright = ImageOps.exif_transpose(picture)
            clean = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                clean = upright.convert("RGBA")
                clean.info.clear()
            else:
                clean.paste(upright)
            out = io.BytesIO()
            clean.save(out, kind, quality=88)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return Problem("file_type_refused", {})
