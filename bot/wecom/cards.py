"""Template cards: which screens fit one, how they look as a call and as a passive reply, and what a press tells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from screens.texts import Say

Json = dict[str, Any]
# https://developer.work.weixin.qq.com/document/path/90236: what is longer is cut, and nobody is told
MOST_TITLE, MOST_BODY, MOST_BUTTONS = 36, 160, 6
MOST_LABEL = 20  # columns: a Chinese character takes two
BUTTONS, NOTICE = "button_interaction", "text_notice"
REPLY, PUSHED = "r", "p"
TASK = re.compile(r"[A-Za-z0-9_-]+@([rp])(\d)-[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Page:
    """A body as one: what its screens show, one below the other."""

    title: str
    lines: tuple[str, ...]
    choices: tuple[Mapping[str, str], ...]
    link: str
    pushed: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """The pressed card: whether it was a reply or a notice, how many buttons it has, the code that changes it once."""

    flag: str
    buttons: int
    code: str

    def written(self) -> str:
        """As it travels with a message and its reply."""
        return f"{self.flag}{self.buttons}:{self.code}"


def read_edit(text: str) -> Edit | None:
    """A pressed card; None when there is none."""
    head, _, code = text.partition(":")
    return Edit(head[0], int(head[1]), code) if re.fullmatch(r"[rp]\d", head) and code else None


def read_task(task: str) -> tuple[str, int]:
    """Whether a card was a reply or a notice, and how many buttons it has; the card of a notice has several, if its
    task cannot be read: then nothing is done to it."""
    found = TASK.fullmatch(task)
    return (found[1], int(found[2])) if found else (PUSHED, MOST_BUTTONS)


def fits(page: Page) -> bool:
    """Whether a card shows all of a page."""
    if len(page.title) > MOST_TITLE or len("\n".join(page.lines)) > MOST_BODY or len(page.choices) > MOST_BUTTONS:
        return False
    wide = any(columns(choice["label"]) > MOST_LABEL for choice in page.choices)
    return not wide and bool(page.choices or page.link)


def card(page: Page, say: Say, stamp: str) -> Json:
    """The card that shows a page which fits one."""
    body = "\n".join(page.lines)
    return buttons(page, say, body, stamp) if page.choices else notice(page, say, body)


def buttons(page: Page, say: Say, body: str, stamp: str) -> Json:
    """A card with buttons; a label that is too long for one ends with … Each card has a task of its own: a screen shown
    again has the same buttons and another `stamp`."""
    flag = PUSHED if page.pushed else REPLY
    found: Json = {
        "card_type": BUTTONS,
        "main_title": {"title": shortened(page.title, MOST_TITLE)},
        "task_id": f"{page.choices[0]['token']}@{flag}{len(page.choices)}-{stamp}",
        "button_list": [
            {"text": narrowed(choice["label"]), "style": 1 if number == 0 else 2, "key": choice["token"]}
            for number, choice in enumerate(page.choices)
        ],
    }
    if body:
        found["sub_title_text"] = body
    if page.link:
        row = {"keyname": say("Page"), "value": say("Open the page"), "type": 1, "url": page.link}
        found |= {"horizontal_content_list": [row], "card_action": {"type": 1, "url": page.link}}
    return found


def notice(page: Page, say: Say, body: str) -> Json:
    """A card that leads to a page."""
    found: Json = {
        "card_type": NOTICE,
        "main_title": {"title": page.title},
        "jump_list": [{"type": 1, "title": say("Open the page"), "url": page.link}],
        "card_action": {"type": 1, "url": page.link},
    }
    return found | {"sub_title_text": body} if body else found


def as_fields(value: Any) -> Any:
    """A card as a passive reply has it: card_type → CardType, main_title → MainTitle."""
    if isinstance(value, dict):
        return {"".join(part.capitalize() for part in name.split("_")): as_fields(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_fields(each) for each in value]
    return value


def columns(label: str) -> int:
    """How wide a label is."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)


def narrowed(label: str) -> str:
    """A label that fits a button, with … where it was cut."""
    if columns(label) <= MOST_LABEL:
        return label or "…"
    while columns(label) > MOST_LABEL - 1:
        label = label[:-1]
    return label + "…"


def shortened(text: str, most: int) -> str:
    """A text of so many characters, with … where it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
