"""Facts of a file scored under a rulebook of a file, and what another version would change."""

import json
from pathlib import Path

import pytest

from bot.opening import EXAMPLES
from tests.flows.commands import zhibu

BOOK = EXAMPLES / "rulebooks" / "136-three-levels"
SCHEME, FACTS = str(BOOK / "scheme.yaml"), str(BOOK / "facts.yaml")


def changed(folder: Path, *changes: tuple[str, str], name: str = "scheme.yaml") -> str:
    text = (BOOK / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / name
    path.write_text(text, "utf-8")
    return str(path)


def test_scores_are_printed_as_json_with_total_grade_nodes_and_trace(tmp_path: Path):
    ran = zhibu(tmp_path, "scheme", "score", SCHEME, "--facts", FACTS, "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rows = {row["subject"]: row for row in json.loads(ran.stdout)}
    assert (rows["总支甲"]["total"], rows["总支甲"]["grade"]) == (16.5, None)
    assert rows["支部一"]["nodes"] == {"own": 5, "of_branch": 2}
    refused = [line for line in rows["方一"]["trace"] if line.get("facts", {}).get("why") == "condition"]
    assert [(line["entry"], line["points"]) for line in refused] == [("3", 0)]


def test_facts_may_be_json_and_the_day_of_reading_may_be_given(tmp_path: Path):
    facts = tmp_path / "facts.json"
    entries = [{"subject": "甲", "criterion": "M1", "on": day, "mode": "直播"} for day in ("2026-03-01", "2026-09-01")]
    facts.write_text(json.dumps({"subjects": [{"id": "甲", "class": "党员"}], "entries": entries}), "utf-8")
    ran = zhibu(tmp_path, "scheme", "score", SCHEME, "--facts", str(facts), "--as-of", "2026-06-30", "--json")
    assert [row["total"] for row in json.loads(ran.stdout)] == [2]


def test_one_subject_is_opened_to_its_lines_in_words(tmp_path: Path):
    ran = zhibu(tmp_path, "scheme", "score", SCHEME, "--facts", FACTS, "--why", "方一")
    assert ran.returncode == 0
    assert "2026-04-03 参加直播课：不计分，不符合条件" in ran.stdout
    assert zhibu(tmp_path, "scheme", "score", SCHEME, "--facts", FACTS, "--why", "谁").returncode == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([("subject: 方一, criterion: M1", "subject: 无人, criterion: M1")], "第 12 行"),
        ([("criterion: M1", "criterion: M9")], "积分办法里没有标准 M9"),
        ([("on: 2026-03-02", "on: 三月")], "entries[1].on"),
        ([("as_of: 2026-12-31", "as_off: 2026-12-31")], "as_off"),
    ],
)
def test_facts_that_do_not_fit_are_refused_with_their_line(tmp_path: Path, changes, told: str):
    ran = zhibu(tmp_path, "scheme", "score", SCHEME, "--facts", changed(tmp_path, *changes, name="facts.yaml"))
    assert ran.returncode == 2
    assert told in ran.stdout


def test_a_new_version_tells_whose_total_it_would_change(tmp_path: Path):
    new = changed(tmp_path, ("value: {fixed: 2}", "value: {fixed: 3}"))
    ran = zhibu(tmp_path, "scheme", "diff", SCHEME, new, "--data", FACTS, "--json")
    found = {row["subject"]: row["total"] for row in json.loads(ran.stdout)}
    assert found["支部二"] == {"before": 16, "after": 19}
    assert "方三" not in found
    told = zhibu(tmp_path, "scheme", "diff", SCHEME, new, "--data", FACTS)
    assert "支部二：16 → 19" in told.stdout


LOCAL = "    local: {most: 1, points: 2}\n    criteria:\n      - code: M1"
OVERLAY = """
overlay: three-levels
version: "1"
title: 支部一自设
unit: b1
add:
  own:
    - {code: L1, name: 值班, value: {fixed: POINTS}, for: [党员]}
"""


@pytest.mark.parametrize(("points", "code"), [("2", 0), ("3", 2)])
def test_what_a_lower_unit_adds_counts_within_its_limits(tmp_path: Path, points: str, code: int):
    scheme = changed(tmp_path, ("    criteria:\n      - code: M1", LOCAL))
    overlay = tmp_path / "added.yaml"
    overlay.write_text(OVERLAY.replace("POINTS", points), "utf-8")
    entry = "  - {subject: 方三, criterion: L1, on: 2026-02-01}\n"
    facts = tmp_path / "facts.yaml"
    facts.write_text((BOOK / "facts.yaml").read_text("utf-8") + entry, "utf-8")
    ran = zhibu(tmp_path, "scheme", "score", scheme, "--facts", str(facts), "--with", str(overlay), "--json")
    assert ran.returncode == code, ran.stdout
    if code == 0:
        assert {row["subject"]: row["total"] for row in json.loads(ran.stdout)}["方三"] == 2
    else:
        assert "值班" in ran.stdout


def test_a_rulebook_the_house_cannot_feed_is_not_published(tmp_path: Path):
    ran = zhibu(tmp_path, "scheme", "publish", SCHEME)
    assert ran.returncode != 0
