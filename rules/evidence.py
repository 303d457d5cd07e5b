"""Which files can be evidence (佐证材料)."""

from __future__ import annotations

from rules.problems import Problem

MEBIBYTE = 1024 * 1024
MOST_BYTES = 20 * MEBIBYTE
MOST_PIXELS = 40_000_000

# media type found in the content → ending of the stored file
ACCEPTED = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


def check_file(size: int, media_type: str, pixels: int = 0) -> list[Problem]:
    """Whether a file of this size (bytes), type by content and number of pixels is taken as evidence."""
    if size == 0:
        return [Problem("file_empty", {})]
    if size > MOST_BYTES:
        return [Problem("file_too_large", {"size": -(-size // MEBIBYTE), "most": MOST_BYTES // MEBIBYTE})]
    if media_type not in ACCEPTED:
        return [Problem("file_type_refused", {})]
    if pixels > MOST_PIXELS:
        return [Problem("picture_too_large", {"most": MOST_PIXELS // 1_000_000})]
    return []
