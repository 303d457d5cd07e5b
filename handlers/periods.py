"""Months of a scheme: opened on the first, closed after review; run by the scheduler."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from rules.periods import day_after, last_day, period_of
from rules.schemes import beyond_house, parse
from storage import declarations, members, schemes
from storage.locks import hold


class Publish(Struct, frozen=True):
    """Publishes a scheme for a unit; `initials` (criterion → pinyin initials) are computed before the unit."""

    text: str
    unit: int
    from_on: date
    initials: dict[str, list[str]]


class OpenPeriods(Struct, frozen=True):
    """Opens the current month of every scheme and tells its members."""


class ClosePeriods(Struct, frozen=True):
    """Closes the months whose review is over."""


class PublishedVersion(Struct, frozen=True):
    """The number of a published version; `fresh` is False when the same text was published before."""

    version: int
    fresh: bool


class Ran(Struct, frozen=True):
    """How many things a job did; `more` when it stopped at the end of a slice and wants to be called again."""

    done: int
    more: bool = False


def publish(context: Context, request: Publish) -> PublishedVersion | Refused:
    """Makes a version immutable; the same version with another text is refused."""
    scheme = parse(request.text)
    if isinstance(scheme, list):
        return Refused(tuple(scheme))
    if beyond := beyond_house(scheme):
        return Refused(tuple(beyond))
    text_hash = hashlib.sha256(request.text.encode()).hexdigest()
    known = schemes.find_version(context.connection, scheme.scheme, scheme.version)
    if known is not None:
        number, known_hash = known
        if known_hash != text_hash:
            return refuse("version_published", scheme=scheme.scheme, version=scheme.version)
        return PublishedVersion(number, fresh=False)
    number = schemes.add_version(
        context.connection,
        {
            "scheme": scheme.scheme,
            "version": scheme.version,
            "unit_id": request.unit,
            "text": request.text,
            "text_hash": text_hash,
            "initials": request.initials,
            "from_on": request.from_on,
            "published_at": context.now,
        },
    )
    context.audit("publish", "scheme_version", number, scheme=scheme.scheme, version=scheme.version)
    return PublishedVersion(number, fresh=True)


def open_periods(context: Context, _request: OpenPeriods) -> Ran:
    """A new month: the row and the notices stand or fall together."""
    hold(context.connection, "periods")
    period, opened = period_of(context.today), 0
    for row in schemes.versions(context.connection, context.today):
        published = context.version(row.id)
        if not schemes.open_period(context.connection, row.scheme, period, context.now):
            continue
        opened += 1
        context.audit("open", "period", int(period.replace("-", "")), scheme=row.scheme)
        facts = {
            "period": period,
            "title": published.scheme.title,
            "until": last_day(period).isoformat(),
            "review_until": day_after(period, published.scheme.months.review_until).isoformat(),
        }
        context.tell_all(
            [
                {
                    "member_id": person.id,
                    "kind": "period_opened",
                    "key": f"opened:{row.scheme}:{period}:{person.id}",
                    "facts": facts,
                }
                for person in members.people_under(context.connection, row.path, context.today)
            ]
        )
    return Ran(opened)


def close_periods(context: Context, _request: ClosePeriods) -> Ran:
    """What is undecided then posts in the month of its decision; the secretaries hear how many lines that is."""
    hold(context.connection, "periods")
    closed = 0
    for row in schemes.versions(context.connection):
        months = context.version(row.id).scheme.months
        for period in schemes.unclosed(context.connection, row.scheme):
            if day_after(period, months.close_on) > context.today:
                continue
            if not schemes.close_period(context.connection, row.scheme, period, context.now):
                continue
            closed += 1
            context.audit("close", "period", int(period.replace("-", "")), scheme=row.scheme)
            context.tell_all(_closing_notices(context, row.path, row.scheme, period))
    return Ran(closed)


def _closing_notices(context: Context, path: str, scheme: str, period: str) -> list[dict[str, Any]]:
    branches = {unit.id: unit for unit in members.units_under(context.connection, path, "branch")}
    holders = members.holders(context.connection, ("secretary",), branches, context.today)
    counts = declarations.state_counts(context.connection, branches, period)
    return [
        {
            "member_id": holder.member,
            "kind": "period_closed",
            "key": f"closed:{scheme}:{period}:{unit}:{holder.member}",
            "facts": {
                "period": period,
                "unit": branches[unit].name,
                "approved": counts.get(unit, {}).get("approved", 0),
                "undecided": counts.get(unit, {}).get("submitted", 0),
            },
        }
        for unit, some in holders.items()
        for holder in some
    ]


REQUESTS: dict[type, Handler] = {Publish: publish, OpenPeriods: open_periods, ClosePeriods: close_periods}
