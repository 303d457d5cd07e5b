"""Which files are taken as evidence."""

import pytest

from rules.evidence import ACCEPTED, MEBIBYTE, MOST_BYTES, MOST_PIXELS, check_file

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize(
    ("size", "media_type", "pixels", "code"),
    [
        (1, "image/jpeg", 1, None),
        (1, "image/png", 1, None),
        (1, "image/webp", 1, None),
        (1, "application/pdf", 0, None),
        (1, WORD, 0, None),
        (1, SHEET, 0, None),
        (MOST_BYTES, "image/jpeg", MOST_PIXELS, None),
        (0, "image/jpeg", 1, "file_empty"),
        (0, "", 0, "file_empty"),
        (MOST_BYTES + 1, "image/jpeg", 1, "file_too_large"),
        (30 * MEBIBYTE, "application/pdf", 0, "file_too_large"),
        (1, "image/jpeg", MOST_PIXELS + 1, "picture_too_large"),
        (1, "image/svg+xml", 0, "file_type_refused"),
        (1, "text/html", 0, "file_type_refused"),
        (1, "application/x-msdownload", 0, "file_type_refused"),
        (1, "application/zip", 0, "file_type_refused"),
        (1, "IMAGE/JPEG", 1, "file_type_refused"),
        (1, "", 0, "file_type_refused"),
    ],
)
def test_a_file_is_taken_or_refused_with_its_reason(size: int, media_type: str, pixels: int, code: str | None):
    assert [problem.code for problem in check_file(size, media_type, pixels)] == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("size", "said"), [(20 * MEBIBYTE + 1, 21), (21 * MEBIBYTE, 21), (21 * MEBIBYTE + 1, 22), (30 * MEBIBYTE, 30)]
)
def test_a_file_too_large_is_told_its_size_in_mebibytes_rounded_up(size: int, said: int):
    (problem,) = check_file(size, "image/jpeg")
    assert problem.facts == {"size": said, "most": 20}


def test_each_type_is_stored_under_its_own_ending():
    assert len(set(ACCEPTED.values())) == len(ACCEPTED)
    assert [ending for ending in ACCEPTED.values() if not ending.startswith(".")] == []
