"""Evidence: what is taken, what is refused in words, and what becomes of it."""

import hashlib
import io
import zipfile

import pytest
from PIL import Image

from storage.evidence import evidence
from tests.flows.people import People


def photo(size: tuple[int, int] = (80, 60), **exif: str) -> bytes:
    """A JPEG that carries EXIF with a place."""
    picture = Image.new("RGB", size, "navy")
    data = picture.getexif()
    data[0x010F] = "SecretCameraMaker"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=data)
    return out.getvalue()


def office(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "<x/>")
    return out.getvalue()


def test_required_evidence_is_asked_and_any_kind_serves(people: People):
    member = people["m09"]
    member.say("申报 县级表彰 1")
    assert not any(label.startswith("确认") for label in member.labels)
    member.send("奖状.jpg", photo())
    assert "佐证材料 1 份" in member.text
    member.tap("确认")
    assert "已提交" in member.text


def test_a_photo_loses_its_exif_and_keeps_the_hash_of_the_original(people: People):
    member, original = people["m09"], photo()
    member.say("申报 志愿服务 2")
    member.send("现场.jpg", original)
    row = people.parts.database.read(lambda connection: connection.execute(evidence.select()).one())
    assert row.sha256 == hashlib.sha256(original).hexdigest()
    stored = (people.parts.settings.data / row.stored).read_bytes()
    assert b"SecretCameraMaker" in original
    assert b"SecretCameraMaker" not in stored
    assert Image.open(io.BytesIO(stored)).size == (80, 60)


def test_a_file_before_any_line_is_kept_for_the_next_one(people: People):
    member = people["m09"]
    member.send("材料.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    assert "材料.pdf" in member.text
    member.say("申报 志愿服务 2")
    member.tap("修改")
    assert "材料.pdf" in member.text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("假.jpg", b"MZ\x90\x00 not a picture"),
        ("坏.jpg", photo()[:200]),
        ("空.png", b""),
        ("大.pdf", b"%PDF-1.4\n" + b"0" * (30 * 1024 * 1024)),
        ("宏.docx", office("word/vbaProject.bin")),
        ("网页.html", b"<html><body>hi</body></html>"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words(people: People, name: str, content: bytes):
    member = people["m09"]
    member.say("申报 学习 1")
    live = member.token("确认")
    member.send(name, content)
    assert member.screens[0]["lines"]
    assert member.token("确认") == live, "the draft stays as it was"
    member.tap("确认")
    assert "已提交" in member.text


@pytest.mark.parametrize("part", ["word/document.xml", "xl/workbook.xml"])
def test_office_files_are_taken(people: People, part: str):
    member = people["m09"]
    member.say("申报 学习 1")
    member.send("材料.docx", office(part))
    member.tap("确认")
    people["m01"].say("审核")
    assert "佐证材料 1 份" in people["m01"].text


def test_a_picture_of_a_hundred_megapixels_is_refused_from_its_header(people: People):
    out = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(out, "PNG")
    member = people["m09"]
    member.say("申报 学习 1")
    member.send("巨.png", out.getvalue())
    assert "图片超过 40 百万像素" in member.text
