"""What a national rule asks to leave off: rankings, streaks, online time, forced check-ins, proof of what is known."""

from __future__ import annotations

from collections.abc import Iterator

from rules.schemes.checking.outline import CriterionPlace, Outline, Path, error, warning
from rules.schemes.findings import Finding

FORCED_USE = ("签到", "打卡", "在线时长", "截图", "check-in", "checkin", "online time", "screenshot")
SCREENSHOT = ("截图", "截屏", "screenshot")
MANY = 5


def found_in(outline: Outline) -> Iterator[Finding]:
    """Switches that are on, criteria that speak of forced use, evidence that is asked for without need."""
    yield from _ranking(outline)
    yield from _visibility(outline)
    for at in outline.criteria:
        yield from _forced(at)
        yield from _known(at)
    yield from _many(outline)


def _ranking(outline: Outline) -> Iterator[Finding]:
    ranking = outline.scheme.visibility.ranking
    path: Path = ("visibility", "ranking")
    missing = [key for key in ("basis", "decided_by") if not getattr(ranking, key).strip()]
    if ranking.on and missing:
        yield error((*path, missing[0]), "scheme_ranking_unfounded", missing="、".join(missing))
    if ranking.on:
        yield warning((*path, "on"), "scheme_ranking_on")
    elif outline.scheme.subjects.of == "member":
        for index, each in enumerate(outline.scheme.passes):
            if each.take == "rank":
                yield warning(("passes", index, "take"), "scheme_rank_computed", name=each.name)


def _visibility(outline: Outline) -> Iterator[Finding]:
    visibility = outline.scheme.visibility
    if visibility.streaks:
        yield warning(("visibility", "streaks"), "scheme_streaks_on")
    if visibility.online_time:
        yield warning(("visibility", "online_time"), "scheme_online_time_on")
    if "public" in visibility.points:
        yield warning(("visibility", "points", visibility.points.index("public")), "scheme_points_public")
    if not visibility.advisory:
        yield warning(("visibility", "advisory"), "scheme_decides_itself")


def _forced(at: CriterionPlace) -> Iterator[Finding]:
    """A criterion named after a check-in, time online or a screenshot; one proved by a screenshot."""
    rows: list[tuple[Path, str, tuple[str, ...]]] = [((*at.path, "name"), at.criterion.name, FORCED_USE)]
    rows += [((*at.path, "aliases", index), name, FORCED_USE) for index, name in enumerate(at.criterion.aliases)]
    rows += [((*at.path, "proof", index), kind, SCREENSHOT) for index, kind in enumerate(at.criterion.proof)]
    for path, text, words in rows:
        word = next((word for word in words if word in text.casefold()), None)
        if word is not None:
            yield warning(path, "scheme_forced_use", **at.facts, word=word)


def _known(at: CriterionPlace) -> Iterator[Finding]:
    """Evidence of what the system records itself."""
    criterion = at.criterion
    if criterion.evidence == "required" and (criterion.value.attendance is not None or "system" in criterion.by):
        yield warning((*at.path, "evidence"), "scheme_evidence_known", **at.facts)


def _many(outline: Outline) -> Iterator[Finding]:
    """More than half of what members declare needs evidence."""
    declared = [at.criterion for at in outline.criteria if "member" in at.criterion.by]
    proved = sum(criterion.evidence == "required" for criterion in declared)
    if proved >= MANY and proved * 2 > len(declared):
        yield warning(("nodes",), "scheme_evidence_many", proved=proved, declared=len(declared))
