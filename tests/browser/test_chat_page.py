"""The web chat in Debian's Chromium: phone and desk, with and without JavaScript, in Chinese."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import DESK, PHONE, overflows

pytestmark = [pytest.mark.needs("chromium", "cjk_font")]


def entered(
    browser: Browser, address: str, name: str, *, script: bool = True, size: ViewportSize | None = None
) -> Page:
    """A page after choosing a persona."""
    context = browser.new_context(java_script_enabled=script, viewport=size or PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name=name).first.click()
    page.wait_for_url(f"{address}/chat")
    return page


@pytest.mark.parametrize("size", [PHONE, DESK, {"width": 320, "height": 568}])
def test_a_declaration_by_typing_and_tapping(browser: Browser, address: str, size: ViewportSize):
    page = entered(browser, address, "孙柏青", size=size)
    page.locator("#text").fill("申报 志愿服务 2 学习 1")
    page.locator("#text").press("Enter")
    page.get_by_role("button", name="确认提交 2 条").click()
    page.get_by_text("志愿服务 2小时").last.wait_for()
    page.get_by_role("button", name="撤销").wait_for()
    assert page.get_by_role("button", name="确认提交").count() == 0, "one live keyboard"
    assert not overflows(page)
    page.context.close()


def test_the_whole_way_without_javascript(browser: Browser, address: str):
    page = entered(browser, address, "孙柏青", script=False)
    page.locator("#text").fill("申报 志愿服务 2")
    page.locator("#composer button.send").click()
    page.get_by_role("button", name="确认提交 1 条").click()
    page.get_by_role("button", name="撤销").wait_for()
    page.context.close()


def test_a_decision_appears_by_itself(browser: Browser, address: str):
    member = entered(browser, address, "孙柏青")
    member.locator("#text").fill("申报 志愿服务 2")
    member.locator("#text").press("Enter")
    member.get_by_role("button", name="确认提交").click()
    member.get_by_role("button", name="撤销").wait_for()
    secretary = entered(browser, address, "王立新")
    secretary.locator("#text").fill("审核")
    secretary.locator("#text").press("Enter")
    secretary.get_by_role("button", name="全部通过").click()
    member.locator(".item.push").last.get_by_text("通过").first.wait_for(timeout=15_000)
    member.context.close()
    secretary.context.close()


def test_chat_text_is_never_run(browser: Browser, address: str):
    page = entered(browser, address, "孙柏青")
    ran: list[str] = []
    page.on("dialog", lambda dialog: ran.append(dialog.message))
    for text in ("<img src=x onerror=alert(1)>", "申报 <script>alert(2)</script> 1", "\"'><svg/onload=alert(3)>"):
        page.locator("#text").fill(text)
        page.locator("#text").press("Enter")
        page.locator(".item.bot").last.wait_for()
        page.wait_for_timeout(200)
    page.reload()
    assert ran == []
    assert page.locator("#log img[src=x]").count() == 0
    page.context.close()


def test_no_english_word_stands_on_the_chinese_pages(browser: Browser, address: str):
    page = entered(browser, address, "王立新")
    for text in ("首页", "申报", "审核", "登记", "情况", "我的积分", "帮助", "为什么", "看不懂"):
        page.locator("#text").fill(text)
        page.locator("#text").press("Enter")
        page.wait_for_timeout(250)
    words = page.evaluate("document.body.innerText.match(/[A-Za-z]{2,}/g) || []")
    assert set(words) <= {"PDF", "Word", "Excel"}
    page.context.close()
