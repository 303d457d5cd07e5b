"""Which scheme holds where and when, and which periods are open."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from storage import schemes
from tests.storage.sample import DAY, NOW, SCHEME, TOMORROW, Sample, add_unit, add_version


def name_of(connection: sa.Connection, number: int | None) -> str | None:
    return None if number is None else schemes.version(connection, number).version


# versions by name: the unit that published it, the day from which it holds
@pytest.mark.parametrize(
    ("published", "place", "expected"),
    [
        pytest.param({}, "/1/2/", None, id="none"),
        pytest.param({"a": ("/1/", DAY)}, "/1/2/", "a", id="the one of a unit above"),
        pytest.param({"a": ("/1/", TOMORROW)}, "/1/2/", None, id="not yet"),
        pytest.param({"a": ("/1/3/", DAY)}, "/1/2/", None, id="not the one of a unit beside"),
        pytest.param({"a": ("/1/2/", DAY)}, "/1/20/", None, id="not of one that begins with the same digits"),
        pytest.param({"a": ("/1/2/", DAY)}, "/1/", None, id="not the one of a unit below"),
        pytest.param(
            {"a": ("/1/2/", date(2025, 1, 1)), "b": ("/1/", DAY)}, "/1/2/", "a", id="the nearest unit's first"
        ),
        pytest.param({"a": ("/1/", date(2025, 1, 1)), "b": ("/1/", DAY)}, "/1/2/", "b", id="then the newest"),
        pytest.param({"a": ("/1/", DAY), "b": ("/1/", date(2025, 1, 1))}, "/1/2/", "a", id="newest by its day"),
        pytest.param({"a": ("/1/", DAY), "b": ("/1/", DAY)}, "/1/2/", "b", id="of one day the one published last"),
        pytest.param({"a": ("/1/", DAY), "b": ("/1/", TOMORROW)}, "/1/2/", "a", id="the next year's waits"),
    ],
)
def test_the_nearest_and_newest_version_holds(
    connection: sa.Connection, published: dict[str, tuple[str, date]], place: str, expected: str | None
):
    units = {
        "/1/": add_unit(connection, "top", "committee", None, "/1/"),
        "/1/2/": add_unit(connection, "first", "branch", None, "/1/2/"),
        "/1/3/": add_unit(connection, "second", "branch", None, "/1/3/"),
    }
    for version, (where, day) in published.items():
        add_version(connection, units[where], version, from_on=day)
    assert name_of(connection, schemes.version_in_force(connection, place, DAY)) == expected


def test_a_version_is_published_once(connection: sa.Connection, sample: Sample):
    assert schemes.find_version(connection, SCHEME, "1") == (sample.version, "")
    assert schemes.find_version(connection, SCHEME, "2") is None
    with pytest.raises(sa.exc.IntegrityError):
        add_version(connection, sample.first, "1")


def test_a_version_keeps_its_text_and_the_initials_of_its_names(connection: sa.Connection, sample: Sample):
    number = add_version(connection, sample.first, "2", text="scheme: 甲", initials={"P01": ["xx", "llxx"]})
    found = schemes.version(connection, number)
    assert (found.text, found.initials, found.path) == ("scheme: 甲", {"P01": ["xx", "llxx"]}, "/1/2/")
    assert [version.version for version in schemes.versions(connection)] == ["2"]


def test_a_period_is_opened_once_and_closed_once(connection: sa.Connection):
    assert schemes.open_period(connection, SCHEME, "2026-03", NOW) is True
    assert schemes.open_period(connection, SCHEME, "2026-03", NOW) is False
    assert schemes.open_period(connection, SCHEME, "2026-02", NOW) is True
    assert schemes.unclosed(connection, SCHEME) == ["2026-02", "2026-03"]
    schemes.close_period(connection, SCHEME, "2026-02", NOW)
    schemes.close_period(connection, SCHEME, "2026-02", NOW + timedelta(days=1))
    assert schemes.unclosed(connection, SCHEME) == ["2026-03"]
    closed_at = sa.select(schemes.period.c.closed_at).where(schemes.period.c.period == "2026-02")
    assert connection.execute(closed_at).scalar_one() == NOW
    assert schemes.open_period(connection, SCHEME, "2026-02", NOW) is False


def test_only_a_closed_period_of_the_scheme_is_closed(connection: sa.Connection):
    for scheme in (SCHEME, "other"):
        schemes.open_period(connection, scheme, "2026-02", NOW)
    schemes.close_period(connection, "other", "2026-02", NOW)
    assert [schemes.closed(connection, scheme, "2026-02") for scheme in (SCHEME, "other")] == [False, True]
    assert schemes.closed(connection, "other", "2026-03") is False
    assert schemes.closed_among(connection, "other", ["2026-02", "2026-03"]) == {"2026-02"}
