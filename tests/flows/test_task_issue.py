"""Tasks come into being from the rows."""

from tests.flows.tasking import Town, on_both_towns


@on_both_towns
def test_the_small_house_stands(town: Town):
    number = town.plan()
    task = town.give("b1")
    assert (number, task.role, task.unit_name) == (1, "secretary", "水务局第一党支部")
    assert town.actor("d1").grants[0].behalf == town.members["s1"]
    town.people["s1"].say("首页")
    town.at("2026-03-05")
    assert town.today.isoformat() == "2026-03-05"
