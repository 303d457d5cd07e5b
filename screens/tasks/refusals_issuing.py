"""A sentence for each reason why a plan is not published or a period of it is not issued, and for what it warns of."""

from __future__ import annotations

from screens.members import role_word
from screens.texts import Facts, Say, Sentences, clean, day

WORDS: Sentences = {
    "plan_unknown": lambda say, f: say("There is no plan {plan}. See: zhibu tasks list", plan=clean(str(f["plan"]))),
    "plan_published": lambda say, f: say(
        "Version {version} of the plan {plan} is published and cannot be changed. Give the file a new version.", **f
    ),
    "plan_wrong": lambda say, f: _wrong(say, f),
    "plan_ended": lambda say, f: say(
        "{title} ended on {day}; nothing of it is issued any more.", title=clean(f["title"]), day=day(say, f["day"])
    ),
    "task_period_unclear": lambda say, f: say(
        "“{period}” is no period. Give one such as 2026-03, 2026-T2 (two months), 2026-Q1, 2026-H1 or 2026.",
        period=clean(f["period"])[:30],
    ),
    "task_period_early": lambda say, f: say(
        "The plan holds from {day}; {period} is over before that.", day=day(say, f["day"]), period=f["period"]
    ),
    "task_nothing_falls": lambda say, f: say(
        "{title}: nothing falls in {period}.", title=clean(f["title"]), period=f["period"]
    ),
    "task_due_past": lambda say, f: say(
        "{name} was due on {due}; that is past. Nothing was issued.", name=clean(f["name"]), due=day(say, f["due"])
    ),
    "task_for_nobody": lambda say, f: say(
        "{name} falls on nobody. Check whom it is for, or enter units and people first.", name=clean(f["name"])
    ),
    "task_role_vacant": lambda say, f: say(
        "{name}: nobody holds the role of {role} in any of the units. Appoint somebody first.",
        name=clean(f["name"]),
        role=role_word(say, f["role"]),
    ),
    "task_unit_elsewhere": lambda say, f: say(
        "{name}: no unit with the code {unit} is below {under}.",
        name=clean(f["name"]),
        unit=clean(f["unit"]),
        under=clean(f["under"]),
    ),
    "task_posts_nothing": lambda say, f: say(
        "{name} will post no points for {criterion}: {reason}.",
        name=clean(f["name"]),
        criterion=clean(f["criterion"]),
        reason=no_points(say, f),
    ),
}


def _wrong(say: Say, f: Facts) -> str:
    """What is wrong in the file of a plan, and where."""
    from screens.problems import WORDS as ALL  # which gathers those of this file

    told = ALL[f["code"]](say, f["facts"])
    return say("Line {line}, column {column}: {told}", line=f["line"], column=f["column"], told=told)


def no_points(say: Say, f: Facts) -> str:
    """Why a task posts no points."""
    scheme = clean(f.get("scheme", ""))
    return {
        "no_scheme": lambda: say("no rulebook is in force there"),
        "scheme_other": lambda: say("another rulebook is in force there, {scheme}", scheme=scheme),
        "criterion_not_there": lambda: say("{scheme} has no such criterion", scheme=scheme),
        "criterion_judged": lambda: say("by {scheme} a person must record it", scheme=scheme),
        "carrier_gone": lambda: say("who carried it is no member of a unit any more"),
    }[str(f["reason"])]()
