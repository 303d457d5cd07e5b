"""The phone pages in Debian's Chromium: from 320 pixels on, light and dark, with and without JavaScript, in Chinese."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import PHONE, overflows
from tests.browser.test_console import complaints
from tests.browser.test_looks import LOW, PALE

SMALL: ViewportSize = {"width": 320, "height": 640}
PAGES = ("/m/declare", "/m/points", "/m/points?why=total", "/m/in/telegram", "/m/nothing")
pytestmark = [pytest.mark.needs("chromium", "cjk_font")]


def as_member(browser: Browser, address: str, size: ViewportSize = SMALL, **more: object) -> Page:
    context = browser.new_context(viewport=size, locale="zh-CN", **more)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/demo/phone?persona=m03")
    return page


def criterion(page: Page, name: str) -> None:
    """Brings a criterion into sight, as a finger does."""
    item = page.locator(f'.item[aria-label="{name}"]')
    if not item.is_visible():
        page.locator(".node", has=item).locator("> summary").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_member_declares_several_lines_on_a_small_phone(browser: Browser, address: str, tmp_path: Path, script: bool):
    page = as_member(browser, address, java_script_enabled=script)
    found = complaints(page)
    for name, many in (("学习", "1"), ("专题发言", "3"), ("志愿服务", "2")):
        criterion(page, name)
        page.locator(f'.item[aria-label="{name}"] input[type=number]').fill(many)
    item = page.locator('.item[aria-label="志愿服务"]')
    item.locator("summary").click()
    proof = tmp_path / "签到表.pdf"
    proof.write_bytes(b"%PDF-1.4\n%%EOF\n")
    item.locator("input[type=file]").set_input_files(proof)
    page.get_by_role("button", name="加入草稿并核对").click()
    drafts = page.locator(".drafts")
    drafts.get_by_text("超过上限，按 1 分计").wait_for()
    assert drafts.get_by_text("签到表.pdf").count() == 1
    assert not overflows(page)
    drafts.get_by_role("button", name=re.compile("确认提交 3 条")).click()
    page.get_by_role("heading", name="已提交：3 条").wait_for()
    page.get_by_role("button", name="撤销").click()
    page.locator(".drafts").get_by_role("button", name=re.compile("确认提交 3 条")).wait_for()
    page.get_by_role("link", name="我的积分").click()
    page.get_by_role("link", name=re.compile("政治合格")).click()
    page.get_by_role("heading", name="为什么：政治合格").wait_for()
    page.get_by_role("button", name="在本设备退出登录").click()
    page.get_by_role("heading", name="已退出登录").wait_for()
    page.goto(f"{address}/m/declare")
    page.get_by_role("heading", name="怎么进入").wait_for()
    assert found == []
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_searching_narrows_the_form_and_keeps_what_is_filled_in(browser: Browser, address: str, script: bool):
    page = as_member(browser, address, java_script_enabled=script)
    criterion(page, "学习")
    page.locator('.item[aria-label="学习"] input[type=number]').fill("4")
    page.locator("#text").fill("zyfw")
    if not script:
        page.get_by_role("button", name="查找").click()
    page.locator('.item[aria-label="志愿服务"]').wait_for()
    seen = page.locator(".item:visible").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    assert seen == ["学习", "志愿服务"]
    assert page.locator('.item[aria-label="学习"] input[type=number]').input_value() == "4"
    page.locator("#text").fill("没有这一条")
    if not script:
        page.get_by_role("button", name="查找").click()
    assert page.locator('.item[aria-label="学习"] input[type=number]').input_value() == "4"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["320", "390"])
def test_no_phone_page_scrolls_sideways_breaks_its_policy_or_is_hard_to_press_or_read(
    browser: Browser, address: str, size: ViewportSize, scheme: str
):
    page = as_member(browser, address, size, color_scheme=scheme)
    found = complaints(page)
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert not overflows(page), path
        assert page.evaluate(LOW) == [], path
        assert page.evaluate(PALE) == [], path
        assert re.search(r"[一-鿿]", page.locator("h1").inner_text()), path
    assert found == []
    page.context.close()


def test_no_english_word_stands_on_the_chinese_phone_pages(browser: Browser, address: str):
    page = as_member(browser, address)
    words: set[str] = set()
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        words |= set(page.evaluate("document.body.innerText.match(/[A-Za-z]{2,}/g) || []"))
    assert words <= {"PDF", "Word", "Excel", "Telegram"}
    page.context.close()


def test_a_form_without_required_evidence_says_what_is_missing(browser: Browser, address: str):
    page = as_member(browser, address)
    required = page.locator(".item:has(details[open])")
    names = required.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    assert names, "the example has criteria that need evidence"
    criterion(page, names[0])
    page.locator(f'.item[aria-label="{names[0]}"] input[type=number]').fill("1")
    page.get_by_role("button", name="加入草稿并核对").click()
    page.locator(".drafts .missing").wait_for()
    page.locator(".drafts button[value=submit]").click()
    page.locator(".problem").get_by_text("须附佐证材料").wait_for()
    page.locator(".drafts .missing input[name=note]").fill("单位证明")
    page.get_by_role("button", name="补充佐证材料", exact=True).click()
    page.locator(".drafts button[value=submit]").click()
    page.get_by_role("heading", name=re.compile("已提交")).wait_for()
    page.context.close()


def test_a_mini_app_sends_its_proof_by_itself(browser: Browser, address: str):
    """The script takes what Telegram puts behind the #; that it is no proof is found out by the server."""
    context = browser.new_context(viewport=SMALL, locale="zh-CN")
    page = context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.goto(f"{address}/m/in/telegram?page=points#tgWebAppData=user%3D%257B%2522id%2522%253A1%257D%26hash%3Dff")
    page.get_by_role("heading", name="怎么进入").wait_for()
    assert "data=user%3D%257B%2522id%2522%253A1%257D%26hash%3Dff" in sent[0]
    assert "page=points" in sent[0]
    context.close()
