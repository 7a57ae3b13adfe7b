"""The page in a real browser: Debian's chromium through selenium, axe-core from npm.

Needs chromium, chromedriver and ``npm install --prefix .venv/axe axe-core``; without them the tests are skipped, and in
CI they fail.
"""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from screener.store import open_store
from screener.types import Run
from tests.web.conftest import AS_OF, DAY, EARLIER, fill, replaced, row, running, serving, stories

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

AXE = Path(__file__).resolve().parents[2] / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
NARROW = [
    "/",
    "/ticker/QBLA",
    "/calendar",
    "/catalysts",
    "/feeds",
    "/rules/reverse_split",
    "/search?q=order",
    "/stream",
    "/desk",
    "/desk/outcomes?day=2026-03-12",
    f"/story/{5:016x}",
]
ALL = [
    "/", "/ticker/QBLA", "/ticker/QEVL", f"/story/{8:016x}", "/catalysts", "/catalysts/reverse_split", "/feeds", "/rules",
    "/calendar?as_of=2026-03-12T22:10:00Z", "/rules/reverse_split", "/search?q=order", "/elsewhere", "/stream", "/desk",
    "/desk/movers", "/desk/outcomes?day=2026-03-12",
]  # fmt: skip
SHOW_ROW = """
const row = document.getElementById("row-QEVL");
row.querySelector(".tick a").focus({preventScroll: true});
row.scrollIntoView();
"""


def missing(what: str) -> None:
    message = f"{what} not found: apt-get install chromium chromium-driver; npm install --prefix .venv/axe axe-core"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium, helper = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not helper:
        missing("chromium or chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-US"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(helper))
    size(driver, 1280, 900)
    yield driver
    driver.quit()


@pytest.fixture
def page(browser: Any, site: str) -> Iterator[Any]:
    """The browser at the page, with nothing remembered; afterwards no error may stand in its console."""
    browser.get_log("browser")
    browser.get(site + "/openapi.json")
    browser.execute_script("localStorage.clear()")
    size(browser, 1280, 900)
    yield browser
    errors = [e["message"] for e in browser.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]
    assert not errors
    assert browser.execute_script("return document.documentElement.dataset.pwned") is None


def size(driver: Any, width: int, height: int) -> None:
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500},
    )


def until(driver: Any, condition: Any, seconds: float = 20.0) -> Any:
    return WebDriverWait(driver, seconds, poll_frequency=0.05).until(condition)


def tickers(driver: Any) -> list[str]:
    found: list[str] = driver.execute_script(
        "return [...document.querySelectorAll('tr[data-key] .tick a')].map((a) => a.textContent)"
    )
    return found


def test_open_and_read(page: Any, site: str) -> None:
    page.get(site + "/")
    assert tickers(page) == ["QBLA", "ZORN", "QPHA", "QEVL", "QLNG", "QRTL"]
    page.find_element(By.CSS_SELECTOR, "#regime > summary").click()
    told = page.find_element(By.ID, "regime").text
    assert all(word in told for word in ("Risk off", "Reduce", "Above 50-day", "43%"))
    assert page.find_element(By.CSS_SELECTOR, "#regime svg").size["width"] > 200
    assert page.execute_script("return getComputedStyle(document.querySelector('.top')).display") == "flex"


def tick(page: Any, name: str, value: str) -> None:
    """Tick a box of a filter's menu."""
    box = page.find_element(By.CSS_SELECTOR, f"#filters input[name={name}][value={value}]")
    menu = box.find_element(By.XPATH, "./ancestor::details")
    if not menu.get_attribute("open"):
        menu.find_element(By.TAG_NAME, "summary").click()
    box.click()


def test_filter_and_sort(page: Any, site: str) -> None:
    page.get(site + "/?action=avoid&action=alert")
    tick(page, "catalyst", "reverse_split")
    until(page, lambda d: "catalyst=reverse_split" in d.current_url and tickers(d) == ["ZORN"])
    assert page.switch_to.active_element.get_attribute("value") == "reverse_split"
    tick(page, "catalyst", "government_contract")
    until(page, lambda d: tickers(d) == ["QBLA", "ZORN"])
    assert "action=avoid" in page.current_url and "action=alert" in page.current_url
    page.find_element(By.LINK_TEXT, "clear all").click()
    until(page, lambda d: len(tickers(d)) == 6)
    assert not page.find_element(By.CSS_SELECTOR, "input[value=reverse_split]").is_selected()
    page.find_element(By.ID, "by-change").click()
    until(page, lambda d: d.find_elements(By.CSS_SELECTOR, "th[aria-sort=descending]"))
    assert page.switch_to.active_element.get_attribute("id") == "by-change"
    page.find_element(By.ID, "by-change").click()
    until(page, lambda d: tickers(d)[0] == "QRTL")
    assert page.find_element(By.CSS_SELECTOR, "th[aria-sort=ascending]").text.startswith("Change")


def test_a_choice_by_arrow_keys_waits(page: Any, site: str) -> None:
    page.get(site + "/")
    order = page.find_element(By.CSS_SELECTOR, "#filters select[name=sort]")
    order.send_keys(Keys.ARROW_DOWN)
    order.send_keys(Keys.ARROW_DOWN)
    assert page.current_url == site + "/"
    order.send_keys(Keys.TAB)
    until(page, lambda d: "sort=change" in d.current_url)


def test_day_and_moment(page: Any, site: str) -> None:
    page.get(site + "/")
    page.find_element(By.CSS_SELECTOR, "a[rel=prev]").click()
    until(page, lambda d: tickers(d) == ["QBLA", "ZORN"])
    assert "Wednesday 11 March 2026" in page.find_element(By.TAG_NAME, "h1").text
    page.find_element(By.CSS_SELECTOR, "a[rel=next]").click()
    until(page, lambda d: len(tickers(d)) == 6)
    page.find_element(By.CSS_SELECTOR, ".dayhead .menu > summary").click()
    page.find_element(By.NAME, "at").send_keys("1000AM")
    page.find_element(By.CSS_SELECTOR, ".pick button").click()
    until(page, lambda d: tickers(d) == ["ZORN", "QPHA"])
    assert "as of 12 Mar 10:00 ET" in page.find_element(By.ID, "dayhead").text


def test_ticker_and_story(page: Any, site: str) -> None:
    page.get(site + "/")
    page.find_element(By.ID, "t-QBLA").click()
    until(page, lambda d: d.find_elements(By.CSS_SELECTOR, "svg.price"))
    assert "Wins $9 Million Order" in page.find_element(By.CSS_SELECTOR, "mark").text
    page.find_element(By.CSS_SELECTOR, ".told h3 a").click()
    until(page, lambda d: "/story/" in d.current_url)
    assert "+40 min" in page.find_element(By.TAG_NAME, "main").text


def test_keyboard_only(page: Any, site: str) -> None:
    page.get(site + "/")

    def press(*keys: str) -> None:
        ActionChains(page).send_keys(*keys).perform()

    press(Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the content"
    press(Keys.ENTER)
    for _ in range(60):
        press(Keys.TAB)
        if page.switch_to.active_element.get_attribute("id") == "t-QBLA":
            break
    assert page.switch_to.active_element.get_attribute("id") == "t-QBLA"
    outline = page.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    press("j")
    assert page.switch_to.active_element.get_attribute("id") == "t-ZORN"
    press(Keys.ARROW_UP)
    assert page.switch_to.active_element.get_attribute("id") == "t-QBLA"
    press(Keys.ENTER)
    until(page, lambda d: "/ticker/QBLA" in d.current_url)


@pytest.mark.parametrize("path", NARROW)
def test_phone_width(page: Any, site: str, path: str) -> None:
    size(page, 390, 844)
    page.get(site + path)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 390
    if path == "/":
        first = page.find_element(By.CSS_SELECTOR, "tr[data-key]")
        assert first.size["width"] > 340
        cells = [e.rect for e in first.find_elements(By.CSS_SELECTOR, "td, th")]
        assert all(r["x"] >= 0 and r["x"] + r["width"] <= 390 for r in cells)
        assert first.size["height"] < 60


def test_long_reasons_make_no_sideways_scroll(page: Any, site: str) -> None:
    size(page, 1400, 900)
    page.get(site + "/")
    page.execute_script(
        "for (const e of document.querySelectorAll('tr[data-key] .catch, tr[data-key] .why')) e.prepend('word '.repeat(60))"
    )
    width, shown = page.execute_script(
        "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width <= shown


def axe(page: Any) -> list[tuple[str, str, list[str]]]:
    """What axe finds wrong with the page that is open, its menus opened."""
    if not AXE.is_file():
        missing("axe-core")
    # Evaluated by the browser's debugger, so the page's own policy stays as it is.
    page.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    page.execute_script("const m = document.getElementById('views'); if (m) m.open = true;")
    found = page.execute_async_script("const done = arguments[0]; axe.run().then((r) => done(r.violations));")
    page.get_log("browser")
    return [(v["id"], v["help"], [n["html"][:160] for n in v["nodes"]][:3]) for v in found]


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Any, site: str, path: str, scheme: str) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    page.get(site + path)
    told = axe(page)
    assert not told, msgspec.json.format(msgspec.json.encode(told), indent=1).decode()


def test_hostile_stories_are_harmless(page: Any, site: str) -> None:
    for path in ("/", "/ticker/QEVL", f"/story/{4:016x}", f"/story/{5:016x}", "/ticker/QRTL", "/search?q=wins"):
        page.get(site + path)
        assert (
            page.execute_script("return document.documentElement.dataset.pwned || document.body.dataset.pwned") is None
        )
        links = page.execute_script("return [...document.links].map((a) => a.protocol)")
        assert set(links) <= {"http:", "https:"}
    page.get(site + "/")
    assert "<script>" in page.find_element(By.ID, "row-QEVL").text
    assert not page.find_elements(By.CSS_SELECTOR, "#row-QEVL .hl a")
    assert page.find_element(By.ID, "row-QLNG").size["height"] < 50


def test_live_update_keeps_the_place(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "live.db"
    with open_store(path) as store:
        fill(store)
        told = stories()
        with serving(path) as address:
            size(browser, 1280, 420)
            browser.get(address + "/")
            until(browser, lambda d: d.execute_script("return document.documentElement.dataset.live") == "on")
            browser.execute_script(SHOW_ROW)
            before = browser.find_element(By.ID, "row-QEVL").rect["y"] - browser.execute_script("return scrollY")
            later = AS_OF + dt.timedelta(minutes=5)
            new = msgspec.structs.replace(told[0][0], id="f" * 16, tickers=("QNEW",), title="Qunew Wins a Large Order")
            c = msgspec.structs.replace(told[0][1], story_id=new.id, ticker="QNEW")
            rows = [row(new, c, 1, 120.0), *(row(s, x, n, score) for n, (s, x, score) in enumerate(told, 2))]
            run = Run(id="run-3", started=later, as_of=later, day=DAY)
            with store.transaction():
                store.stories.save(new, new.first_seen)
                store.runs.start(run)
                store.lists.save(run, [replaced(r, n, run.id, DAY, later) for n, r in enumerate(rows, 1)])
            until(browser, lambda d: "QNEW" in tickers(d))
            assert "1 new since you looked" in browser.find_element(By.ID, "live").text
            assert browser.find_element(By.CSS_SELECTOR, "#row-QNEW .badge").text == "new"
            assert browser.switch_to.active_element.get_attribute("id") == "t-QEVL"
            after = browser.find_element(By.ID, "row-QEVL").rect["y"] - browser.execute_script("return scrollY")
            assert abs(after - before) <= 2
            browser.find_element(By.CSS_SELECTOR, "#live button").click()
            until(browser, lambda d: not d.find_elements(By.CSS_SELECTOR, ".badge"))
            browser.refresh()
            assert not browser.find_elements(By.CSS_SELECTOR, ".badge")
            browser.get("about:blank")
    assert [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


ANNOUNCED = """
window.said = []; window.beeps = 0;
window.Notification = class { constructor(title, more) { said.push(title + "|" + more.body); }
  static permission = "granted"; static requestPermission() { return Promise.resolve("granted"); } };
const Real = AudioContext; window.AudioContext = class extends Real { constructor() { super(); beeps += 1; } };
"""


def test_sound_and_notification_come_when_asked_for(browser: Any, tmp_path: Path) -> None:
    """Also while another tab, which has no list, listens to the stream for all."""
    path = tmp_path / "said.db"
    with open_store(path) as store:
        fill(store)
        told = stories()
        with serving(path) as address:
            first = browser.current_window_handle
            browser.get(address + "/desk")
            until(browser, lambda d: d.execute_script("return window.screener.leads"))
            browser.switch_to.new_window("window")
            browser.get(address + "/")
            until(browser, lambda d: d.execute_script("return document.documentElement.dataset.live") == "on")
            assert not browser.execute_script("return window.screener.leads")
            browser.execute_script(ANNOUNCED)
            for name in ("sound", "notify"):
                browser.find_element(By.ID, name).click()
                until(browser, lambda d, n=name: d.find_element(By.ID, n).get_attribute("aria-pressed") == "true")
            assert browser.execute_script("return beeps") == 1  # so that one knows how it sounds
            browser.execute_script("Object.defineProperty(document, 'hidden', { value: true })")
            later = AS_OF + dt.timedelta(minutes=5)
            new = msgspec.structs.replace(told[0][0], id="e" * 16, tickers=("QNEW",), title="Qunew Wins a Large Order")
            c = msgspec.structs.replace(told[0][1], story_id=new.id, ticker="QNEW")
            rows = [row(new, c, 1, 120.0), *(row(s, x, n, score) for n, (s, x, score) in enumerate(told, 2))]
            run = Run(id="run-3", started=later, as_of=later, day=DAY)
            with store.transaction():
                store.runs.start(run)
                store.lists.save(run, [replaced(r, n, run.id, DAY, later) for n, r in enumerate(rows, 1)])
            until(browser, lambda d: d.execute_script("return said.length"))
            assert browser.execute_script("return said") == ["1 new on the list|QNEW: Qunew Wins a Large Order"]
            assert browser.execute_script("return beeps") == 2
            browser.close()
            browser.switch_to.window(first)
            browser.execute_script("localStorage.clear()")
            browser.get("about:blank")
    browser.get_log("browser")


def streams(served: Any) -> int:
    return len(served.site.__dict__["watcher"]._queues)


def test_seven_tabs_share_one_stream(browser: Any, store_path: Path) -> None:
    with running(store_path) as (address, served):
        first = browser.current_window_handle
        for _ in range(7):
            browser.switch_to.new_window("tab")
            browser.get(address + "/")
            until(browser, lambda d: d.execute_script("return document.documentElement.dataset.live") == "on")
        assert streams(served) == 1
        assert browser.execute_script("return fetch('/api/days').then((r) => r.status)") == 200
        for handle in browser.window_handles:
            if handle != first:
                browser.switch_to.window(handle)
                browser.close()
        browser.switch_to.window(first)
        until(browser, lambda _: streams(served) == 0)


def test_a_lost_server_is_said(browser: Any, store_path: Path) -> None:
    with running(store_path) as (address, _):
        browser.get(address + "/ticker/QBLA")
        until(browser, lambda d: d.find_element(By.ID, "alive").text == "live")
        told = browser.find_element(By.ID, "status").text
        assert ("list of 12 Mar 18:10 ET" in told and "of 1 feeds work" in told) or "of 2 feeds work" in told
    until(browser, lambda d: "lost the server" in d.find_element(By.ID, "alive").text)
    assert "bad" in browser.find_element(By.ID, "alive").get_attribute("class")
    with running(store_path, port=int(address.rpartition(":")[2])):
        until(browser, lambda d: d.find_element(By.ID, "alive").text == "live", 60)
        assert "bad" not in browser.find_element(By.ID, "alive").get_attribute("class")
        browser.get("about:blank")
    browser.get_log("browser")


def test_back_goes_through_the_filters(page: Any, site: str) -> None:
    page.get(site + "/")
    tick(page, "catalyst", "reverse_split")
    until(page, lambda d: tickers(d) == ["ZORN"])
    tick(page, "catalyst", "government_contract")
    until(page, lambda d: tickers(d) == ["QBLA", "ZORN"])
    page.find_element(By.ID, "by-change").click()
    until(page, lambda d: d.find_elements(By.CSS_SELECTOR, "th[aria-sort=descending]"))
    page.back()
    until(page, lambda d: "sort=" not in d.current_url and tickers(d) == ["QBLA", "ZORN"])
    page.back()
    until(page, lambda d: tickers(d) == ["ZORN"])
    box = "#filters input[name=catalyst][value={}]"
    assert page.find_element(By.CSS_SELECTOR, box.format("reverse_split")).is_selected()
    assert not page.find_element(By.CSS_SELECTOR, box.format("government_contract")).is_selected()
    page.back()
    until(page, lambda d: len(tickers(d)) == 6)
    assert not page.find_element(By.CSS_SELECTOR, box.format("reverse_split")).is_selected()


def test_copy_and_files_give_exactly_this_view(page: Any, site: str) -> None:
    page.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.get(site + "/?polarity=bad&polarity=good&sort=-change")
    page.find_element(By.ID, "copy").click()
    until(page, lambda d: d.find_element(By.ID, "copy").text == "Copied " + str(len(tickers(d))))
    text = page.execute_script("return navigator.clipboard.readText()")
    assert [cells.split("\t")[1] for cells in text.splitlines()[1:]] == tickers(page)
    page.execute_script(
        "const rows = document.querySelectorAll('tr[data-key]'); getSelection().setBaseAndExtent(rows[0], 0, rows[1], 5);"
    )
    page.execute_script("document.execCommand('copy')")
    by_hand = page.execute_script("return navigator.clipboard.readText()").splitlines()
    assert [cells.split("\t")[1] for cells in by_hand] == tickers(page)[:2]
    cells = [line.split("\t") for line in by_hand]
    assert {len(c) for c in cells} == {17} and cells[0][13:16] == ["$1M", "$2.56B", "10M"]


def test_the_chart_says_the_day_under_the_pointer(page: Any, site: str) -> None:
    page.get(site + "/ticker/QBLA")
    chart = page.find_element(By.CSS_SELECTOR, "svg.price")
    assert page.find_element(By.ID, "readout").text.startswith("2026-03-12")
    ActionChains(page).move_to_element_with_offset(chart, -chart.rect["width"] // 2 + 10, 0).perform()
    until(page, lambda d: not d.find_element(By.ID, "readout").text.startswith("2026-03"))
    first = page.find_element(By.ID, "readout").text[:10]
    page.find_element(By.CSS_SELECTOR, ".widechart").send_keys(Keys.ARROW_RIGHT)
    assert page.find_element(By.ID, "readout").text[:10] > first


def test_the_whole_list_prints(page: Any, site: str) -> None:
    page.get(site + "/")
    paper = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    assert len(paper) > 10_000
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        size(page, 1050, 700)  # a landscape sheet
        assert page.execute_script("return document.documentElement.scrollWidth") <= 1050
        wide = page.find_element(By.CSS_SELECTOR, "#row-QBLA .wide").size["width"]
        assert wide > 250 and not page.find_element(By.ID, "filters").is_displayed()
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_fifteen_rows_stand_above_the_fold(page: Any, site: str) -> None:
    size(page, 1400, 900)
    page.get(site + "/")
    height = page.find_element(By.ID, "row-QPHA").rect
    top = page.find_element(By.CSS_SELECTOR, "tr[data-key]").rect["y"]
    assert (900 - top) / height["height"] >= 15


def test_the_past_stays_still(page: Any, site: str) -> None:
    page.get(site + f"/?as_of={EARLIER:%Y-%m-%dT%H:%M:%SZ}")
    assert page.find_element(By.ID, "live").get_attribute("data-live") == "no"
    assert page.execute_script("return document.documentElement.dataset.live || ''") == ""


def test_works_without_script(browser: Any, site: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(site + "/")
        tick(browser, "polarity", "bad")
        browser.find_element(By.CSS_SELECTOR, ".filters button[type=submit]").click()
        until(browser, lambda d: "polarity=bad" in d.current_url)
        assert tickers(browser) == ["ZORN"]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_view_is_saved_from_the_page_and_deleted(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    with open_store(path) as store:
        fill(store)
    given = "Basic " + base64.b64encode(b"me:word").decode()
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Authorization": given}})
    try:
        with serving(path, password="word") as address:
            browser.get(address + "/")
            tick(browser, "sector", "Industrials")
            until(browser, lambda d: tickers(d) == ["QBLA"])
            browser.find_element(By.CSS_SELECTOR, "#views > summary").click()
            browser.find_element(By.NAME, "view").send_keys("harbours", Keys.ENTER)
            until(browser, lambda d: d.find_elements(By.CSS_SELECTOR, "#views a[aria-current]"))
            assert browser.current_url == address + "/?sector=Industrials" and tickers(browser) == ["QBLA"]
            browser.get(address + "/")
            browser.find_element(By.CSS_SELECTOR, "#views > summary").click()
            browser.find_element(By.LINK_TEXT, "harbours").click()
            until(browser, lambda d: tickers(d) == ["QBLA"])
            browser.find_element(By.CSS_SELECTOR, "#views > summary").click()
            browser.find_element(By.CSS_SELECTOR, "#views button[value=drop_view]").click()
            until(browser, lambda d: "No view is saved" in d.find_element(By.ID, "views").get_attribute("textContent"))
            assert browser.current_url == address + "/?sector=Industrials"
            assert axe(browser) == []
            browser.get("about:blank")
    finally:
        browser.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})
    assert [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE"] == []


CONTRAST = """
const part = (v) => v <= 10.31 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4;
const rgb = (text) => text.match(/[0-9.]+/g).slice(0, 3).map(Number).map(part);
const light = (text) => { const [r, g, b] = rgb(text); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const ground = light(getComputedStyle(document.querySelector(".CodeMirror")).backgroundColor);
const words = [...document.querySelectorAll(".CodeMirror-code span[class^=cm-], .CodeMirror-linenumber")];
return words.map((w) => light(getComputedStyle(w).color)).map((l) => (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_query_can_be_read(page: Any, site: str, scheme: str) -> None:
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.get(site + "/data?sql=select+ticker,+'x',+3+from+watchlist+--+all+of+it")
    found = page.execute_script(CONTRAST)
    assert len(found) > 4 and min(found) >= (4.5 if scheme == "dark" else 2.5), found
