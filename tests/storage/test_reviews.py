"""What was decided on a line, and what its member answered."""

from datetime import timedelta

import sqlalchemy as sa

from storage import reviews
from storage.reviews import ReviewRow
from tests.storage.sample import NOW, Sample, add_line


def test_the_last_decision_on_a_line_is_the_one_that_holds(connection: sa.Connection, sample: Sample):
    line, other = (add_line(connection, sample, sample.wang) for _ in range(2))
    row = {
        "line_id": line,
        "decision": "return",
        "reviewer_id": sample.li,
        "behalf_id": sample.zhao,
        "reason": "缺照片",
    }
    later = {"decision": "approve", "behalf_id": None, "reason": "", "at": NOW + timedelta(days=1)}
    reviews.add_reviews(connection, [row | {"at": NOW}])
    reviews.add_reviews(connection, [])
    assert reviews.reviews_of(connection, [line, other]) == {
        line: ReviewRow(line, "return", sample.li, sample.zhao, "缺照片", NOW)
    }
    reviews.add_reviews(connection, [row | later])
    found = reviews.reviews_of(connection, [line])[line]
    assert (found.decision, found.behalf, found.at) == ("approve", None, NOW + timedelta(days=1))


def test_answers_belong_to_their_line_in_the_order_given(connection: sa.Connection, sample: Sample):
    line, other = (add_line(connection, sample, sample.wang) for _ in range(2))
    for number, text in ((line, "一"), (other, "二"), (line, "三")):
        reviews.add_remark(connection, number, sample.wang, text, NOW)
    assert reviews.remarks_of(connection, [line, other]) == {line: ["一", "三"], other: ["二"]}
    assert reviews.remarks_of(connection, []) == {}
