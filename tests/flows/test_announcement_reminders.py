"""Reminders of announcements, by hand and by itself, and withdrawing."""

from tests.flows.announcing import TEXT, announced, confirm, sent
from tests.flows.people import People
from tests.houses import on_both

pytestmark = on_both


def test_a_reminder_by_hand_goes_to_those_who_have_not_confirmed_once_a_day(people: People):
    author = sent(people)
    confirm(people["m03"])
    author.tap("看送达和确认情况")
    author.tap("催办未确认的（18 人）")
    assert "已催办 18 人" in author.text
    assert not [label for label in author.labels if label.startswith("催办")]
    assert announced(people["m03"], "announcement_urged") == []
    (item,) = announced(people["m04"], "announcement_urged")
    assert "王立新催办" in item["lines"][0]
    assert [choice["label"] for choice in item["choices"]] == ["收到", "看原文"]
    people["m04"].post(token=item["choices"][1]["token"])
    assert "明天下午三点，二楼会议室。" in people["m04"].text
    people["m04"].tap("收到")
    assert "已确认收到" in people["m04"].text
    author.tap("看送达和确认情况")
    assert not [label for label in author.labels if label.startswith("催办")]
    people.clock("2026-11-23T09:00")
    author.tap("刷新")
    author.tap("催办未确认的（17 人）")
    assert len(announced(people["m05"], "announcement_urged")) == 2
    assert len(announced(people["m04"], "announcement_urged")) == 1


def test_two_secretaries_remind_at_most_once_a_day(people: People):
    sent(people)
    first, second = people["m01"], people["m02"]
    first.tap("看送达和确认情况")
    second.say("公告")
    second.tap("已发的公告")
    second.tap("1. ")
    late = second.token("催办")
    first.tap("催办")
    second.post(token=late)
    assert "今天已经催办过" in second.text
    assert len(announced(people["m03"], "announcement_urged")) == 1


def test_nobody_is_reminded_by_itself_without_a_last_day(people: People):
    sent(people)
    people.clock("2026-12-15T12:00")
    kinds = {item["kind"] for item in people["m03"].inbox()}
    assert not kinds & {"announcement_urged", "announcement_reminder"}
    assert all("请确认公告" not in line for item in people["m03"].inbox() for line in item["lines"])


def test_with_a_last_day_one_reminder_stands_in_the_digest_of_the_working_day_before(people: People):
    author = people["m01"]
    author.say(TEXT)
    author.tap("限 7 天内确认")
    assert "确认期限：11月29日" in author.text
    author.tap("确认发送")
    assert "请在11月29日前确认（含当天）" in announced(people["m03"])[0]["lines"]
    confirm(people["m04"])
    people.clock("2026-12-10T12:00")
    reminded = [
        item["at"][:16]
        for item in people["m03"].inbox()
        if any("请确认公告" in text for text in (item["title"], *item["lines"]))
    ]
    assert reminded == ["2026-11-27T08:30"], "29 November is a Sunday: Friday is the working day before; none after"
    assert all("请确认公告" not in line for item in people["m04"].inbox() for line in item["lines"])


def test_who_confirms_before_the_digest_is_not_reminded_in_it(people: People):
    author = people["m01"]
    author.say(TEXT)
    author.tap("限 3 天内确认")
    author.tap("确认发送")
    people.clock("2026-11-24T08:10")
    confirm(people["m03"])
    people.clock("2026-11-24T08:30")

    def reminded(code: str) -> bool:
        texts = [text for item in people[code].inbox() for text in (item["title"], *item["lines"])]
        return any("请确认公告" in text for text in texts)

    assert not reminded("m03")
    assert reminded("m05")


def test_a_withdrawn_announcement_is_told_once_and_its_button_says_so(people: People):
    author = sent(people)
    author.tap("看送达和确认情况")
    author.tap("撤回公告")
    assert announced(people["m03"], "announcement_withdrawn") == [], "it is asked first"
    author.tap("确认撤回")
    assert author.text.startswith("公告已撤回")
    author.tap("看送达和确认情况")
    assert not [label for label in author.labels if label.startswith(("催办", "撤回"))]
    for code in ("m03", "m04"):
        (item,) = announced(people[code], "announcement_withdrawn")
        assert item["title"] == "公告已撤回：关于召开支部党员大会的通知"
    confirm(people["m03"])
    assert people["m03"].text.startswith("公告已撤回")
    people["m03"].say("收到")
    assert "没有等您确认的公告" in people["m03"].text
    assert announced(author, "announcement_withdrawn") == []
