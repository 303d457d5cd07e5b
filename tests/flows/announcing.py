"""What the tests of announcements share: sending one, and what a recipient got of it."""

from typing import Any

from tests.flows.people import People, Person

TEXT = "公告 关于召开支部党员大会的通知\n明天下午三点，二楼会议室。\n\n请带学习笔记。"


def announced(person: Person, kind: str = "announcement") -> list[dict[str, Any]]:
    return [item for item in person.inbox() if item["kind"] == kind]


def confirm(person: Person) -> None:
    item = announced(person)[-1]
    person.post(token=item["choices"][0]["token"])


def sent(people: People, text: str = TEXT, code: str = "m01") -> Person:
    author = people[code]
    author.say(text)
    author.tap("确认发送")
    return author
