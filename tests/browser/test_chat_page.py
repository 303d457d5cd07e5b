"""The web chat in Debian's Chromium: phone and desk, with and without JavaScript, in Chinese."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from bot.app import build
from bot.opening import Parts

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
pytestmark = [pytest.mark.needs("chromium", "cjk_font")]


@pytest.fixture
def address(parts: Parts) -> Iterator[str]:
    """The demo on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(build(parts, demo=True), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield found
        found.close()


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


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


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
