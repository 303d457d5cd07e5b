"""Who may do what, and who decides whose lines."""

from itertools import product

import pytest

from rules.access import AT_THE_MACHINE, OPERATOR, PERMISSIONS, ROLES, SYSTEM, Actor, Grant, Holder, reviewers

MEMBER, PEER, OTHER, DEPUTY, OFFICER, SECOND_OFFICER = 1, 2, 3, 4, 5, 6


# where the role is held: the grid /1/2/; each target is named after where it lies from there
TARGETS = {
    "own": (2, "/1/2/"),
    "below": (3, "/1/2/3/"),
    "far below": (4, "/1/2/3/4/"),
    "above": (1, "/1/"),
    "beside": (5, "/1/5/"),
    "beside, same digits": (20, "/1/20/"),
    "below the one beside": (21, "/1/20/2/"),
}
UNDER = ("own", "below", "far below")
# (action, role): the targets it reaches; what does not stand here reaches nothing
ALLOWED = {
    ("review", "secretary"): ("own",),
    ("review", "officer"): UNDER,
    ("record", "secretary"): ("own",),
    ("reverse", "secretary"): ("own",),
    ("reverse", "officer"): UNDER,
    ("invite", "secretary"): ("own",),
    ("invite", "officer"): UNDER,
    ("invite", "administrator"): UNDER,
    ("overview", "secretary"): ("own",),
    ("overview", "officer"): UNDER,
    ("overview", "grid_lead"): UNDER,
    ("overview", "instructor"): UNDER,
    ("overview", "committee"): UNDER,
    ("publish", "committee"): UNDER,
    ("publish", "administrator"): UNDER,
    ("install", "administrator"): UNDER,
    **{(action, "secretary"): ("own",) for action in ("give_tasks", "decide_tasks", "see_tasks")},
    **{
        (action, role): UNDER
        for action in ("give_tasks", "decide_tasks")
        for role in ("officer", "grid_lead", "committee")
    },
    **{("see_tasks", role): UNDER for role in ("officer", "grid_lead", "instructor", "committee")},
    ("record_absence", "secretary"): ("own",),
    ("record_absence", "officer"): UNDER,
    ("set_reminding", "officer"): UNDER,
    ("set_reminding", "committee"): UNDER,
    ("set_calendar", "officer"): UNDER,
    ("set_calendar", "administrator"): UNDER,
    ("announce", "secretary"): ("own",),
    ("announce", "officer"): UNDER,
    ("announce", "grid_lead"): UNDER,
    ("announce", "committee"): UNDER,
    ("announce", "administrator"): UNDER,
    **{("console", role): UNDER for role in ROLES},
    **{("see_people", role): UNDER for role in ROLES},
    ("see_people", "secretary"): ("own",),
    ("appoint", "officer"): UNDER,
    ("appoint", "administrator"): UNDER,
    ("unbind", "secretary"): ("own",),
    ("unbind", "officer"): UNDER,
    ("unbind", "administrator"): UNDER,
    ("see_parked", "administrator"): UNDER,
    ("see_lines", "secretary"): ("own",),
    ("see_lines", "officer"): UNDER,
    ("see_lines", "grid_lead"): UNDER,
    ("see_lines", "committee"): UNDER,
    ("see_ledger", "secretary"): ("own",),
    ("see_ledger", "officer"): UNDER,
    ("see_ledger", "grid_lead"): UNDER,
    ("see_ledger", "committee"): UNDER,
    ("see_deliveries", "secretary"): ("own",),
    ("see_deliveries", "officer"): UNDER,
    ("see_deliveries", "committee"): UNDER,
    ("see_deliveries", "administrator"): UNDER,
    ("see_trail", "committee"): UNDER,
    ("see_trail", "administrator"): UNDER,
    ("publication", "secretary"): ("own",),
    ("publication", "officer"): UNDER,
    ("publication", "grid_lead"): UNDER,
    ("publication", "committee"): UNDER,
    ("export", "secretary"): ("own",),
    ("export", "officer"): UNDER,
    ("export", "committee"): UNDER,
    ("export", "administrator"): UNDER,
}


@pytest.mark.parametrize(("action", "role"), list(product(PERMISSIONS, ROLES)))
def test_a_role_reaches_its_own_scope_and_nothing_else(action: str, role: str):
    grant = Grant(role, 2, "/1/2/")
    actor = Actor(MEMBER, grants=(grant,))
    reached = {name: actor.may(action, *target) for name, target in TARGETS.items()}
    allowed = ALLOWED.get((action, role), ())
    assert reached == {name: grant if name in allowed else None for name in TARGETS}


def test_the_table_names_no_action_or_role_that_is_unknown():
    assert {action for action, _ in ALLOWED} == set(PERMISSIONS)
    assert {role for roles in PERMISSIONS.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("action", list(PERMISSIONS))
def test_a_member_without_a_role_and_the_system_may_nothing(action: str):
    for actor in (Actor(MEMBER, unit=2, path="/1/2/"), SYSTEM):
        assert [name for name, target in TARGETS.items() if actor.may(action, *target)] == []


def test_the_trail_tells_the_operator_from_the_system_and_from_members():
    grant = Grant("administrator", 2, "/1/2/")
    numbers = [actor.recorded for actor in (SYSTEM, OPERATOR, Actor(MEMBER), Actor(MEMBER, grants=(grant,)))]
    assert numbers == [0, AT_THE_MACHINE, MEMBER, MEMBER]


OWN, ACTING = Grant("secretary", 2, "/1/2/"), Grant("secretary", 2, "/1/2/", behalf=OTHER)
FAR = Grant("secretary", 5, "/1/5/")


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ((OWN, ACTING), OWN),
        ((ACTING, OWN), OWN),
        ((FAR, ACTING), ACTING),
        ((ACTING,), ACTING),
        ((FAR,), None),
        ((), None),
    ],
)
def test_who_holds_a_role_acts_for_himself_before_acting_as_a_deputy(grants: tuple[Grant, ...], expected: Grant | None):
    assert Actor(MEMBER, grants=grants).may("review", 2, "/1/2/") == expected


# who holds the role in the branch, who in the parent unit, who may decide MEMBER's line → on whose behalf
@pytest.mark.parametrize(
    ("branch", "parent", "expected"),
    [
        pytest.param([Holder(PEER)], [Holder(OFFICER)], {PEER: None}, id="the secretary of the branch"),
        pytest.param([Holder(PEER), Holder(OTHER)], [], {PEER: None, OTHER: None}, id="either of two secretaries"),
        pytest.param(
            [Holder(PEER), Holder(DEPUTY, PEER)], [], {PEER: None, DEPUTY: PEER}, id="the secretary or his deputy"
        ),
        pytest.param(
            [Holder(DEPUTY, PEER), Holder(DEPUTY)], [], {DEPUTY: None}, id="a secretary who is also deputy, for himself"
        ),
        pytest.param([Holder(MEMBER)], [], {}, id="nobody himself"),
        pytest.param([Holder(MEMBER), Holder(DEPUTY, MEMBER)], [], {}, id="not his deputy"),
        pytest.param(
            [Holder(DEPUTY, MEMBER)], [Holder(OFFICER)], {OFFICER: None}, id="not his deputy, but the officer"
        ),
        pytest.param([Holder(MEMBER, PEER)], [], {}, id="nobody as another's deputy for himself"),
        pytest.param(
            [Holder(PEER), Holder(MEMBER, PEER)], [], {PEER: None}, id="a deputy's own line goes to his principal"
        ),
        pytest.param([Holder(MEMBER), Holder(PEER)], [Holder(OFFICER)], {PEER: None}, id="the other secretary"),
        pytest.param(
            [Holder(MEMBER), Holder(PEER), Holder(PEER, MEMBER)],
            [Holder(OFFICER)],
            {OFFICER: None},
            id="not the other secretary when he is the first one's deputy",
        ),
        pytest.param(
            [Holder(MEMBER), Holder(PEER), Holder(DEPUTY, MEMBER), Holder(DEPUTY, PEER)],
            [],
            {PEER: None},
            id="not a deputy of both",
        ),
        pytest.param([Holder(MEMBER)], [Holder(OFFICER)], {OFFICER: None}, id="the officer, when nobody else is there"),
        pytest.param([], [Holder(OFFICER)], {OFFICER: None}, id="the officer of a branch without a secretary"),
        pytest.param(
            [Holder(MEMBER)],
            [Holder(OFFICER), Holder(SECOND_OFFICER, OFFICER)],
            {OFFICER: None, SECOND_OFFICER: OFFICER},
            id="the officer's deputy",
        ),
        pytest.param(
            [Holder(MEMBER)],
            [Holder(OFFICER), Holder(SECOND_OFFICER), Holder(SECOND_OFFICER, OFFICER)],
            {OFFICER: None, SECOND_OFFICER: None},
            id="an officer who is also deputy, for himself",
        ),
        pytest.param([Holder(MEMBER)], [Holder(MEMBER)], {}, id="not himself as the officer"),
        pytest.param([Holder(MEMBER)], [Holder(MEMBER, OFFICER)], {}, id="not himself as the officer's deputy"),
        pytest.param([Holder(MEMBER)], [Holder(DEPUTY, MEMBER)], {}, id="not his deputy as the officer"),
        pytest.param(
            [Holder(MEMBER), Holder(DEPUTY, MEMBER)], [Holder(DEPUTY)], {}, id="not his deputy who is officer too"
        ),
        pytest.param([], [], {}, id="nobody, when there is nobody"),
    ],
)
def test_a_line_is_decided_by_others_than_its_member(
    branch: list[Holder], parent: list[Holder], expected: dict[int, int | None]
):
    assert reviewers(MEMBER, branch, parent) == expected
    assert reviewers(MEMBER, reversed(branch), iter(parent[::-1])) == expected
