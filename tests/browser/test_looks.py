"""What a demanding eye asks of the pages: large enough to press, readable, whole on paper."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from bot.secrets import Drawn
from bot.slips import Card, page
from handlers.invitations import Candidate
from screens.texts import words
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_chat_page import entered
from tests.browser.test_console import LISTS, as_persona

pytestmark = [pytest.mark.needs("chromium", "cjk_font")]
A4 = {"width": 794, "height": 1123}  # CSS pixels
MILLIMETRE = 96 / 25.4
LOW = """() => [...document.querySelectorAll('a, button, select, summary, input:not([type=hidden], [type=checkbox])')]
    .map(each => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
    .filter(([_, box]) => box.width > 1 && box.height > 1 && box.height < 39.5).map(([name]) => name)"""
PALE = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => colour.slice(0, 3).map(v => v / 255)
        .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
    const behind = each => { for (; each; each = each.parentElement) {
        const colour = numbers(getComputedStyle(each).backgroundColor);
        if (colour.length < 4 || colour[3] > .9) return light(colour); } return 1; };
    const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) { const each = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !each.checkVisibility()) continue;
        const pair = [light(numbers(getComputedStyle(each).color)), behind(each)].sort((a, b) => b - a);
        if ((pair[0] + .05) / (pair[1] + .05) < 4.5) found.push(walk.currentNode.data.trim()); }
    return found; }"""


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def slips(browser: Browser, folder: Path, telegram: str, names: list[str], wechat: str | None = None) -> Page:
    """A page of slips for one unit, as a browser opens the file."""
    until = datetime(2026, 11, 30, tzinfo=UTC)
    cards = [
        Card(Candidate(at, f"w{at}", name, 1, "林业局第一党支部"), Drawn("A-b_" * 8, "", "012345", ""), until, wechat)
        for at, name in enumerate(names)
    ]
    file = folder / "slips.html"
    file.write_text(page(words("zh_CN"), cards, "https://zhibu.example.cn", telegram, ZoneInfo("Asia/Shanghai")))
    shown = browser.new_page(viewport=A4)  # type: ignore[arg-type]
    shown.goto(file.as_uri())
    return shown


CODE = "http://weixin.qq.com/q/02" + "aB" * 20


@pytest.mark.parametrize(
    ("telegram", "wechat", "people", "codes"),
    [("", None, 10, 1), ("zhibu_bot", None, 8, 2), ("", CODE, 8, 2), ("", "", 8, 1)],
    ids=["link", "telegram", "wechat", "wechat refused"],
)
def test_a_sheet_of_slips_holds_a_branch_and_nothing_is_cut(
    browser: Browser, tmp_path: Path, telegram: str, wechat: str | None, people: int, codes: int
):
    shown = slips(browser, tmp_path, telegram, ["江一帆"] * (people - 1) + ["阿卜杜热合曼·买买提依明"], wechat)
    assert sheets(shown.pdf(prefer_css_page_size=True)) == 1
    shown.emulate_media(media="print")
    widths = shown.eval_on_selector_all("figure svg", "all => all.map(each => each.getBoundingClientRect().width)")
    assert len(widths) == people * codes
    assert min(widths) > 27.5 * MILLIMETRE, "a code smaller than this is hard to scan"
    cut = (
        "all => all.filter(each => each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight).length"
    )
    assert shown.eval_on_selector_all(".card, .words", cut) == 0
    shown.close()


def test_one_more_than_fits_goes_to_a_second_sheet(browser: Browser, tmp_path: Path):
    shown = slips(browser, tmp_path, "", ["江一帆"] * 11)
    assert sheets(shown.pdf(prefer_css_page_size=True)) == 2
    shown.close()


def test_everything_to_press_on_a_phone_is_40_pixels_high(browser: Browser, address: str):
    page = as_persona(browser, address, "s01", PHONE)
    for path in [*LISTS, "/console/people/1", "/console/units/3", "/console/ledger/3", "/console/nothing"]:
        page.goto(address + path)
        assert page.evaluate(LOW) == [], path
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_what_is_behind_it(browser: Browser, address: str, scheme: str):
    page = as_persona(browser, address, "s01", DESK, color_scheme=scheme)
    for path in [*LISTS, "/console/people/1", "/console/nothing"]:
        page.goto(address + path)
        assert page.evaluate(PALE) == [], path
    page.context.close()


def test_a_card_on_a_phone_begins_with_the_name(browser: Browser, address: str):
    page = as_persona(browser, address, "s01", PHONE)
    page.goto(f"{address}/console/deliveries/unreached")
    card = page.locator(".list tbody tr").first
    tops = card.locator("td").evaluate_all("all => all.map(each => [each.className, each.getBoundingClientRect().top])")
    assert min(tops, key=lambda one: one[1])[0] == "lead-cell"
    page.context.close()


def test_an_empty_month_leads_to_the_month_before(browser: Browser, address: str):
    page = as_persona(browser, address, "s01", DESK)
    page.goto(f"{address}/console/ledger?period=2027-01&member=m03")
    page.get_by_role("link", name="查看 2026-12").click()
    assert page.locator("input[name=period]").input_value() == "2026-12"
    assert page.locator("input[name=member]").input_value() == "m03"
    page.goto(f"{address}/console/ledger?period=2027")
    assert page.get_by_role("link", name=re.compile("查看 ")).count() == 0
    page.context.close()


def test_paper_says_what_the_list_was_narrowed_to(browser: Browser, address: str):
    page = as_persona(browser, address, "s01", DESK)
    page.goto(f"{address}/console/people?text=%E5%AD%99")
    page.emulate_media(media="print")
    assert page.locator("input[name=text]").is_visible()
    assert not page.locator("select[name=unit]").is_visible()
    assert not page.get_by_role("button", name="查找").is_visible()
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_return_without_a_reason_keeps_what_was_chosen(browser: Browser, address: str, script: bool):
    member = entered(browser, address, "孙柏青", script=False)
    member.locator("#text").fill("申报 志愿服务 2")
    member.locator("#composer button.send").click()
    member.get_by_role("button", name="确认提交 1 条").click()
    member.get_by_role("button", name="撤销").wait_for()
    page = as_persona(browser, address, "m01", PHONE, java_script_enabled=script)
    page.goto(f"{address}/console/declarations/queue")
    page.locator(".tick input").first.check()
    page.get_by_role("button", name="退回所选").click()
    assert page.locator("input[name=reason]:invalid").count() == 1
    assert page.locator(".tick input").first.is_checked()
    page.get_by_role("button", name="通过所选").click()
    page.get_by_text("已办理 1 条").wait_for()
    member.context.close()
    page.context.close()
