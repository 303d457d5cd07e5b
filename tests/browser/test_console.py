"""The console in Debian's Chromium: phone, desk and wide, light and dark, with and without JavaScript, in Chinese."""

import re

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, ViewportSize

from console.access import ROUTES
from tests.browser.conftest import DESK, PHONE, overflows

WIDE: ViewportSize = {"width": 1600, "height": 1000}
LISTS = [way.path for way in ROUTES if way.method == "GET" and not way.object]
pytestmark = [pytest.mark.needs("chromium", "cjk_font")]


def complaints(page: Page) -> list[str]:
    """What the browser complains of: violations of the policy, errors, dialogs."""
    found: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        refused = "the server responded with a status of 40" in message.text
        if message.type in ("error", "warning") and not refused:
            found.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def as_persona(browser: Browser, address: str, code: str, size: ViewportSize, **more: object) -> Page:
    context = browser.new_context(viewport=size, locale="zh-CN", **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/demo/console?persona={code}")
    return page


@pytest.mark.parametrize("script", [True, False])
def test_from_the_chat_into_the_console_and_out_again(browser: Browser, address: str, script: bool):
    context = browser.new_context(java_script_enabled=script, viewport=PHONE, locale="zh-CN")
    chat = context.new_page()
    chat.goto(address)
    chat.get_by_role("button", name="王立新").first.click()
    chat.locator("#text").fill("后台")
    chat.locator("#composer button.send").click()
    link = chat.locator('a[href*="/console/enter/"]').first
    link.wait_for()
    path = str(link.get_attribute("href")).partition("/console/enter/")[2]
    page = context.new_page()
    found = complaints(page)
    page.goto(f"{address}/console/enter/{path}")
    page.get_by_role("button", name="进入").click()
    page.get_by_role("heading", name="总览").wait_for()
    page.get_by_role("link", name="成员").click()
    page.locator("input[name=text]").fill("孙柏青")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name="孙柏青").click()
    page.get_by_role("heading", name="孙柏青").wait_for()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("heading", name="登录管理后台").wait_for()
    page.goto(f"{address}/console")
    page.get_by_role("heading", name="登录管理后台").wait_for()
    assert found == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, WIDE], ids=["phone", "desk", "wide"])
def test_no_page_scrolls_sideways_or_breaks_its_policy(browser: Browser, address: str, size: ViewportSize, scheme: str):
    page = as_persona(browser, address, "s01", size, color_scheme=scheme)
    found = complaints(page)
    for path in [*LISTS, "/console/people/1", "/console/units/3", "/console/nothing"]:
        page.goto(address + path)
        assert not overflows(page), path
        assert re.search(r"[一-鿿]", page.locator("h1").inner_text()), path
    shade = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (shade == "rgb(26, 23, 21)") == (scheme == "dark")
    assert found == []
    page.context.close()


def test_an_administrator_gives_a_role_on_a_phone(browser: Browser, address: str):
    page = as_persona(browser, address, "s05", PHONE)
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agree)
    page.goto(f"{address}/console/people?text=孙柏青")
    page.get_by_role("link", name="孙柏青").click()
    page.get_by_text("授予职务").click()
    form = page.locator("form[action$='/roles']")
    form.locator("select[name=role]").select_option(label="支部书记")
    form.get_by_role("button", name="授予").click()
    page.get_by_text("在任").wait_for()
    page.get_by_role("button", name="结束", exact=True).click()
    page.get_by_text("已结束").wait_for()
    assert asked == ["确认结束该职务？不填截止日则立即结束。"]
    page.context.close()


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(browser: Browser, address: str):
    page = as_persona(browser, address, "m01", DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.context.close()


def test_no_english_word_stands_on_the_chinese_pages(browser: Browser, address: str):
    page = as_persona(browser, address, "s05", DESK)
    words: set[str] = set()
    for path in ("/console", "/console/people", "/console/units", "/console/me", "/console/people/1"):
        page.goto(address + path)
        words |= set(page.evaluate("document.body.innerText.match(/[A-Za-z]{2,}/g) || []"))
    assert words == set()
    page.context.close()


def test_paper_holds_the_list_and_nothing_of_the_frame(browser: Browser, address: str):
    page = as_persona(browser, address, "s01", DESK)
    page.goto(f"{address}/console/people")
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert not page.locator(".filters").is_visible()
    assert page.locator("table.list").is_visible()
    page.context.close()
