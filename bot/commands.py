"""What can be typed: one table of words and the requests they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot import matching
from bot.channel import Inbound
from handlers.announcements.receiving import ConfirmAnnouncement
from handlers.announcements.writing import Announce, WriteAnnouncement
from handlers.declarations.forms import AddLines, Declare, MyLines, SameAsLast, ShowDraft
from handlers.declarations.meeting import Attendance, MeetingMenu
from handlers.declarations.record import RecordMenu
from handlers.declarations.review import ApproveAll, ReviewLine, ShowQueue
from handlers.identities.accounts import AskUnbind
from handlers.ledger.points import MyPoints, Why
from handlers.members import Help, Home, Stop
from handlers.overview import Overview
from handlers.signin import AskForLink
from handlers.tasks.breaking import BreakDownMenu
from handlers.tasks.deciding import OpenReport, ShowReports, VerifyAll
from handlers.tasks.giving import GiveTask
from handlers.tasks.mine import MyTasks
from handlers.tasks.promises import Promises
from handlers.tasks.state import TaskStates
from handlers.tasks.urging import UrgeMenu
from rules.schemes import Scheme

COMMANDS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("申报", "我要申报", "declare"), Declare()),
    (("和上月一样", "同上月", "跟上月一样", "与上月相同", "same as last month", "same"), SameAsLast()),
    (("我的积分", "积分", "查积分", "my points", "points"), MyPoints()),
    (("为什么", "明细", "积分明细", "why"), Why()),
    (("本月申报", "我的申报", "撤回", "我要撤回", "this month", "my lines"), MyLines()),
    (("草稿", "drafts", "draft"), ShowDraft()),
    (("审核", "review"), ShowQueue()),
    (("任务", "我的任务", "待办", "tasks", "my tasks"), MyTasks()),
    (("承诺", "我的承诺", "promises", "my promises"), Promises()),
    (("核实", "验收", "任务核实", "verify"), ShowReports()),
    (("交办", "派任务", "交办任务", "give", "give a task"), GiveTask()),
    (("任务情况", "任务进度", "state of tasks", "task state"), TaskStates()),
    (("任务分解", "分解任务", "break down"), BreakDownMenu()),
    (("催办", "urge"), UrgeMenu()),
    (("登记", "record"), RecordMenu()),
    (("考勤", "attendance"), MeetingMenu()),
    (("公告", "发公告", "通知公告", "announcement", "announcements", "announce"), Announce()),
    (("收到", "已收到", "收到了", "got it", "received"), ConfirmAnnouncement()),
    (("情况", "本月情况", "进度", "state"), Overview()),
    (("后台", "管理后台", "进入后台", "console"), AskForLink()),
    (("帮助", "怎么用", "怎么申报", "help", "?"), Help()),
    (("首页", "菜单", "开始", "你好", "home", "menu", "start"), Home()),
    (("解绑", "解除绑定", "绑定", "绑定账号", "unbind", "bind"), AskUnbind()),
    (("取消", "退出", "cancel", "stop"), Stop()),
)
BY_WORD = {word: request for words, request in COMMANDS for word in words}
MOST_SPONTANEOUS = 200
UNDO_WORDS = ("撤销", "undo")
QUEUES: dict[type, type] = {ApproveAll: ReviewLine, VerifyAll: OpenReport}
"""What is done to all of a list but some numbers → what opens one of its numbers."""
APPROVE = re.compile(
    r"(?:全部通过|approve all|(?P<verify>全部(?:核实|验收|属实)|verify all|all verified))\s*"
    r"(?:(?:除了?|除去|不含|but|except)\s*(?P<but>[\d\s,、和及号]+?)\s*(?:号|外|以外|之外)?)?"
)
ANNOUNCE = re.compile(r"\s*/?(?:发?公告|通知公告|announce(?:ment)?)[\s:：]+(\S.*)", re.DOTALL | re.IGNORECASE)
GIVE = re.compile(r"\s*/?(?:交办任务|交办|派任务|give(?: a task)?)[\s:：]+(\S.*)", re.DOTALL | re.IGNORECASE)
STATES = {
    "到会": "present",
    "出席": "present",
    "present": "present",
    "迟到": "late",
    "late": "late",
    "请假": "leave",
    "on leave": "leave",
    "leave": "leave",
    "早退": "left_early",
    "left early": "left_early",
    "补学": "made_up",
    "made up": "made_up",
    "缺席": "absent",
    "旷会": "absent",
    "absent": "absent",
}
MARKS = re.compile(rf"({'|'.join(sorted(STATES, key=len, reverse=True))})\s*:?\s*((?:\d+[\s,、和号]*)+)")


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as far as it can be understood without knowing what is being asked.

    `opened`: the request came from how the text begins, not from an exact word. `held`: the messages that waited for
    this one, each with what it means.
    """

    text: str
    request: Any = None
    opened: bool = False
    undo: bool = False
    approve_but: tuple[int, ...] | None = None
    marks: tuple[tuple[int, str], ...] = ()
    spontaneous: Any = None
    pin_correct: bool | None = None
    held: tuple[tuple[Inbound, Heard], ...] = ()


Marks = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the words after a command are looked up in: the scheme, its index, and attendance marks."""

    scheme: Scheme
    names: matching.Index
    marks: Marks


def understand(text: str, scheme: Scheme | None, names: matching.Index | None) -> Heard:
    """What a text means: an exact command, numbers for the queue, attendance marks, or lines to declare."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).removeprefix("/").casefold()
    heard = _fixed(text, plain)
    if heard is not None:
        return heard
    marks = tuple((number, STATES[state]) for state, some in MARKS.findall(plain) for number in _numbers(some))
    if scheme is None or names is None:
        return Heard(text, marks=marks)
    known = Known(scheme, names, marks)
    for words, make in OPENINGS:
        word = next((word for word in words if plain.startswith(word)), None)
        if word is not None:
            return Heard(text, make(plain.removeprefix(word), known), opened=True, marks=marks)
    found = matching.declared(plain, names) if len(plain) <= MOST_SPONTANEOUS else matching.Found()
    spontaneous = lines_from(plain, known) if found.sure and not found.unknown else None
    return Heard(text, marks=marks, spontaneous=spontaneous)


def _fixed(text: str, plain: str) -> Heard | None:
    """Words that mean the same whatever scheme is in force."""
    if plain in BY_WORD:
        return Heard(text, BY_WORD[plain])
    if plain in UNDO_WORDS:
        return Heard(text, MyLines(), undo=True)
    if approve := APPROVE.fullmatch(plain):
        shown = ShowReports() if approve["verify"] else ShowQueue()
        return Heard(text, shown, approve_but=_numbers(approve["but"] or ""))
    if announced := ANNOUNCE.fullmatch(text):  # as it was typed, with its lines
        return Heard(text, WriteAnnouncement(announced[1]), opened=True)
    if given := GIVE.fullmatch(text):
        return Heard(text, GiveTask(line=given[1]), opened=True)
    return None


def lines_from(text: str, known: Known) -> AddLines | Declare:
    """The lines in a text after 申报; the menu when it names nothing."""
    found = matching.declared(text, known.names)
    if not (found.items or found.unclear or found.unknown or found.organised):
        return Declare()
    notes = (tuple(found.unknown), tuple(found.guessed), tuple(found.unclear), tuple(found.organised))
    options = tuple(found.options) if any(found.options) else ()
    return AddLines(tuple(found.items), *notes, options=options, asked=tuple(found.asked))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d{1,6}", text))


def _why(text: str, known: Known) -> Why:
    """为什么 志愿服务: the category a word means, by its own name or by a criterion in it; none means the total."""
    word = matching.folded(text)
    for node in known.scheme.every_node.values():
        if word and word in matching.folded(node.name):
            return Why(node.code)
    codes, _ = matching.candidates(text, known.names)
    return Why(known.scheme.category[codes[0]].code if codes else "")


def _attendance(text: str, known: Known) -> Attendance | MeetingMenu:
    """考勤 党员大会 迟到 3: the sheet of that meeting with its marks."""
    for criterion in known.scheme.recorded_by("organisation"):
        wanted = (criterion.name, *criterion.aliases)
        if criterion.value.attendance is not None and any(name.casefold() in text for name in wanted):
            return Attendance(criterion.code, words=known.marks)
    return MeetingMenu()


OPENINGS: tuple[tuple[tuple[str, ...], Callable[[str, Known], Any]], ...] = (
    (("申报", "declare"), lines_from),
    (("为什么", "why"), _why),
    (("考勤", "attendance"), _attendance),
)
