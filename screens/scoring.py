"""Scores in words: the table of a class, and the lines behind one subject's figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from handlers.ledger.facts import FactsOfYear
from rules.schemes import Scheme
from rules.schemes.versions import Change
from rules.scoring import Entry, Facts, Id, Line, Score
from screens.texts import Say, number


def as_json(results: Mapping[Id, Score]) -> str:
    """Every score with its trace as JSON; figures keep their digits."""
    rows = [
        {
            "subject": subject,
            "total": _plain(result.total),
            "grade": result.grade,
            "state": result.state,
            "nodes": {code: _plain(value) for code, value in result.nodes.items()},
            "ineligible": result.ineligible,
            "consequences": [name for name, _ in result.consequences],
            "trace": [_line(line) for line in result.trace],
        }
        for subject, result in results.items()
    ]
    return msgspec.json.Encoder(decimal_format="number").encode(rows).decode()


def _plain(value: Decimal) -> Decimal:
    """Without needless zeroes and never with an exponent."""
    return Decimal(f"{value.normalize():f}")


def _line(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"step": line.step, "rule": line.rule}
    if line.entry is not None:
        found["entry"] = line.entry
    for name in ("before", "points"):
        if (value := getattr(line, name)) is not None:
            found[name] = _plain(value)
    if line.facts:
        found["facts"] = dict(line.facts)
    if line.clause:
        found["clause"] = line.clause
    if line.sources:
        found["sources"] = line.sources
    return found


def facts_as_json(found: FactsOfYear) -> str:
    """A year of the ledger as a file of facts."""
    file = {
        "as_of": found.as_of,
        "subjects": [{"id": code, "name": name, "branch": unit} for code, name, unit in found.people],
        "entries": [_fact(code, entry, judged) for code, entry, judged in found.entries],
    }
    return msgspec.json.Encoder(decimal_format="number").encode(file).decode()


def _fact(code: str, entry: Entry, judged: bool) -> dict[str, Any]:
    fact: dict[str, Any] = {"id": str(entry.id), "subject": code, "criterion": entry.criterion, "on": entry.on}
    if judged:
        fact["points"] = _plain(entry.quantity)
    elif entry.quantity != 1:
        fact["quantity"] = _plain(entry.quantity)
    for name in ("option", "state", "matter"):
        if (value := getattr(entry, name)) is not None:
            fact[name] = value
    if entry.reverses is not None:
        fact["reverses"] = str(entry.reverses)
    return fact


def table_of(say: Say, scheme: Scheme, facts: Facts, results: Mapping[Id, Score]) -> Iterator[str]:
    """A line for each subject: total, grade, categories."""
    yield say("{title}, version {version}: read on {day}.", title=scheme.title, version=scheme.version, day=facts.as_of)
    for subject, result in results.items():
        named = facts.subjects[subject].name or str(subject)
        if result.state == "not_scored":
            yield say("{name}: not scored", name=named)
            continue
        parts = "，".join(f"{scheme.every_node[code].name} {number(value)}" for code, value in result.nodes.items())
        grade = result.grade or say("no grade")
        told = {"name": named, "total": number(result.total), "grade": grade, "parts": parts}
        yield say("{name}: {total} points, {grade} ({parts})", **told)


def changes_as_json(changed: Mapping[Id, Change]) -> str:
    """Who would change, as JSON."""
    rows = [
        {
            "subject": subject,
            "total": {"before": _plain(each.before), "after": _plain(each.after)},
            "grade": {"before": each.grade_before, "after": each.grade_after},
        }
        for subject, each in changed.items()
    ]
    return msgspec.json.Encoder(decimal_format="number").encode(rows).decode()


def changes_of(say: Say, facts: Facts, changed: Mapping[Id, Change], count: int) -> Iterator[str]:
    """A line for each subject whose total or grade would change, then how many they are."""
    for subject, each in changed.items():
        known = facts.subjects.get(subject)
        before, after = number(each.before), number(each.after)
        name = known.name if known is not None and known.name else subject
        line = say("{name}: {before} → {after}", name=name, before=before, after=after)
        if each.grade_before != each.grade_after:
            grades = (each.grade_before or say("no grade"), each.grade_after or say("no grade"))
            line += say("; grade {before} → {after}", before=grades[0], after=grades[1])
        yield line
    yield say("{changed} of {count} would change.", changed=len(changed), count=count)


def lines_of(say: Say, scheme: Scheme, result: Score) -> Iterator[str]:
    """The trace of one subject, a line a line."""
    for line in result.trace:
        yield _told(say, scheme, line)
    yield say("Total {total}, grade {grade}", total=number(result.total), grade=result.grade or say("no grade"))


def _told(say: Say, scheme: Scheme, line: Line) -> str:
    written = WRITTEN.get(line.step, _other)
    told = written(say, scheme, line)
    return say("{text} [{clause}]", text=told, clause=line.clause) if line.clause else told


def _entry(say: Say, scheme: Scheme, line: Line) -> str:
    name = scheme.criteria[line.rule].name if line.rule in scheme.criteria else line.rule
    what = "，".join(line.facts[key] for key in ("option", "state", "matter") if key in line.facts)
    facts = {
        "on": line.facts["on"],
        "name": name + (f"（{what}）" if what else ""),
        "posted": number(line.before or 0),
        "counted": number(line.points or 0),
    }
    if why := line.facts.get("why"):
        return say("  {on} {name}: not counted, {why}", **facts, why=reason(say, why))
    if line.before == line.points:
        return say("  {on} {name}: {counted}", **facts)
    return say("  {on} {name}: {posted}, of which {counted} count", **facts)


def reason(say: Say, code: str) -> str:
    """Why an entry counts nothing."""
    return {
        "reversed": say("it was taken back"),
        "outside_cycle": say("it lies outside the cycle"),
        "criterion_gone": say("the rulebook has no such criterion"),
        "not_in_class": say("the criterion is for another class"),
        "no_evidence": say("the evidence is missing"),
        "late": say("it was recorded too late"),
        "condition": say("the condition does not hold"),
        "no_place": say("all places are taken"),
        "expired": say("its validity is over"),
        "lifted": say("its effect was lifted"),
        "suspended": say("it is only recorded for now"),
        "same_matter": say("the same matter counts once"),
    }[code]


def _criterion(say: Say, scheme: Scheme, line: Line) -> str:
    criterion = scheme.criteria[line.rule]
    facts = {"name": criterion.name, "points": number(line.points or 0), "span": line.facts.get("span", "")}
    if "standing" in line.facts and line.facts["standing"] != "0":
        standing = line.facts["standing"]
        return say(" {name} ({span}): {points}, of which {standing} without an entry", **facts, standing=standing)
    return say(" {name} ({span}): {points}", **facts)


def _node(say: Say, scheme: Scheme, line: Line) -> str:
    node = scheme.every_node[line.rule]
    facts = {"name": node.name, "points": number(line.points or 0), "span": line.facts["span"]}
    if line.facts.get("zeroed"):
        return say("{name} ({span}): set to zero", **facts)
    bounds = [say("at most {most}", most=line.facts["max"])] if "max" in line.facts else []
    bounds += [say("at least {least}", least=line.facts["min"])] if "min" in line.facts else []
    if "weight" in line.facts:
        bounds.append(say("weight {weight}", weight=line.facts["weight"]))
    if not bounds:
        return say("{name} ({span}): {points}", **facts)
    return say("{name} ({span}): {points}; {bounds}", **facts, bounds="，".join(bounds))


def _total(say: Say, _scheme: Scheme, line: Line) -> str:
    facts = {"total": number(line.points or 0), "base": number(line.before or 0)}
    return say("Before grading: {total} points, of which {base} base", **facts)


def _pass(say: Say, _scheme: Scheme, line: Line) -> str:
    facts = {"name": line.rule, "figure": line.facts["figure"] or "–", "own": line.facts["own"] or "–"}
    return say("Among all, {name}: {figure} (own value {own})", **facts)


def _grading(say: Say, _scheme: Scheme, line: Line) -> str:
    facts = {"name": line.rule, "before": line.facts["before"] or "–", "after": line.facts["after"] or "–"}
    told = {
        "thresholds": say("Grade by total: {after}", **facts),
        "levels": say("Level reached: {after}", **facts),
        "veto": say("Veto {name}: {before} → {after}", **facts),
        "gate": say("Condition {name}: {before} → {after}", **facts),
        "quota": say("Quota {name}: {before} → {after}", **facts),
        "verdict": say("Committee's verdict: {before} → {after}", **facts),
        "consequence": say("What follows: {name}", **facts),
    }[line.step]
    given = line.facts.get("reason", "")
    return told + say("; reason: {reason}", reason=given) if given else told


def _periods(say: Say, _scheme: Scheme, line: Line) -> str:
    how = {
        "sum": say("summed"),
        "mean": say("averaged"),
        "weighted": say("weighted"),
        "best": say("the best of them"),
        "worst": say("the worst of them"),
        "last": say("the last of them"),
    }[line.facts["combine"]]
    return say("{name}: sub-periods {how}, {points}", name=line.rule, how=how, points=number(line.points or 0))


def _exempt(say: Say, _scheme: Scheme, line: Line) -> str:
    told = say("Not scored") if line.rule == "not_scored" else say("Scored without a grade")
    return f"{told}：{line.facts['about']}" if line.facts.get("about") else told


def _cycle(say: Say, _scheme: Scheme, line: Line) -> str:
    return say("Cycle from {first} to {last}", first=line.facts["from"], last=line.facts["to"])


def _absent(say: Say, scheme: Scheme, line: Line) -> str:
    return say("{name}: does not apply", name=scheme.every_node[line.rule].name)


def _suspended(say: Say, _scheme: Scheme, line: Line) -> str:
    return say("Additions are only recorded while {when}", when=line.facts["when"])


def _other(say: Say, _scheme: Scheme, line: Line) -> str:
    return say("Rule applied to {name}", name=line.rule)


WRITTEN = {
    "entry": _entry,
    "criterion": _criterion,
    "node": _node,
    "total": _total,
    "pass": _pass,
    "periods": _periods,
    "exempt": _exempt,
    "cycle": _cycle,
    "absent": _absent,
    "suspended": _suspended,
    **dict.fromkeys(("thresholds", "levels", "veto", "gate", "quota", "verdict", "consequence"), _grading),
}
