"""A page of feedback in a real Chromium: on a phone and on a desk, in the light and in the dark."""

from __future__ import annotations

import base64
import itertools
import shutil
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from autograder import report
from autograder.page import page
from autograder.report import Code, Part, Report, Shown
from autograder.results import Outcome

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
LIVE = "<script>alert(1)</script><img src='http://127.0.0.1:9/seen.png' onerror=alert(2)>"
LONG = "x" * 300
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason=f"needs a browser: none of {', '.join(NAMES)} is installed"
)


def png() -> str:
    """A wide picture."""
    data = BytesIO()
    Image.new("RGB", (2000, 300), "steelblue").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def exam(name: str, outcome: Outcome, points: float, **said: Any) -> report.Test:
    """A test of two points."""
    defaults = {"looks_at": (), "source": "", "by_hand": False, "message": "", "hint": ""}
    grade_id = f"f-{name}"
    found = {"grade_id": grade_id, "name": name, "outcome": outcome, "points": points}
    return report.Test(**(defaults | found | {"max_points": 2.0} | said))


CODE = f'''import numpy as np  # a comment

@decorated
def f(x):
    """What it does."""
    {LONG} = 1e-3
    return "a string" if x is not None else lambda: {LIVE!r}
'''
REPORT = Report(
    section="05_svd_compression",
    title="5 · A `section` with <everything>",
    student="ann-marie",
    timestamp=datetime(2026, 3, 2, 18),
    late_penalty=1.0,
    parts=(
        Part(
            name="f",
            title="5.1 · The first",
            points=3.0,
            max_points=6.0,
            extra_credit=0.5,
            tests=[
                exam("basics", Outcome.PASSED, 2, source=f"assert f(1) == 2, '{LONG}'"),
                exam("edges", Outcome.FAILED, 1, looks_at=(f"Zero, {LONG}",), by_hand=True,
                        message=f"f(0) is {LONG}", hint="Look at `zero` first."),
                exam("cost", Outcome.TIMEOUT, 0, message=LIVE),
            ],
            codes=[
                Code(title="Your code", source=CODE, shown=(Shown(text=LONG), Shown(text=LIVE))),
                Code(title="A cell that you added", source="f(1)", shown=(
                    Shown(text="A blue field", media="image/png", picture=png()),)),
            ],
            comment="Nearly.",
        ),
        Part(name="a_function_with_a_very_long_name_that_never_seems_to_end", points=2.0,
             title="5.1 · The first", max_points=2.0, tests=[exam("basics", Outcome.PASSED, 2)]),
        Part(name="why", title="5.2 · In your own words", max_points=3.0, to_review=True,
             answer=f"Because.\n\n$A^\\top$ {LONG} {LIVE}"),
    ),
    added=(Code(title="A cell that you added", source="1 + 1", shown=(Shown(text="2"),)),),
    demos=(),
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with something of everything, on disk."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_bytes(page(REPORT))
    return path


@pytest.fixture(params=["phone-light", "phone-dark", "desk-light", "desk-dark"])
def tab(request: pytest.FixtureRequest, browser: Browser, path: Path) -> Iterator[Tab]:
    """The page as it is shown there, with all that it asks for and says in `tab.noise`."""
    where, scheme = request.param.split("-")
    viewport = PHONE if where == "phone" else DESK
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:
        tab = context.new_page()
        noise: list[str] = []
        tab.on("request", lambda request: noise.append(request.url))
        tab.on("console", lambda message: noise.append(message.text))
        tab.on("pageerror", lambda error: noise.append(str(error)))
        tab.on("dialog", lambda dialog: noise.append(dialog.message))
        tab.goto(path.as_uri())
        tab.noise = noise  # type: ignore[attr-defined]
        yield tab


def test_nothing_is_wider_than_the_window(tab: Tab) -> None:
    width = tab.viewport_size["width"]  # type: ignore[index]
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    wide = "e => [...document.querySelectorAll('body *')].filter(e => !e.closest('pre') && "
    wide += f"e.getBoundingClientRect().right > {width}).map(e => e.outerHTML.slice(0, 80))"
    assert tab.evaluate(wide) == []


def test_nothing_is_loaded_and_nothing_runs(tab: Tab, path: Path) -> None:
    asked = [url for url in tab.noise if not url.startswith("data:image/png")]  # type: ignore[attr-defined]
    assert asked == [path.as_uri()]
    assert tab.locator("script").count() == 0


def test_the_page_does_not_let_anything_be_loaded(browser: Browser, path: Path) -> None:
    """What would slip through the template is stopped by the page's own policy."""
    live = "<img src='http://127.0.0.1:9/seen.png'><script>document.title = 'ran'</script><main>"
    spoilt = path.with_name("spoilt.html")
    spoilt.write_text(path.read_text().replace("<main>", live))
    with browser.new_context() as context:
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(spoilt.as_uri())
        assert "everything" in tab.title()
        assert len([text for text in said if "Content Security Policy" in text]) == 2


def test_everybody_can_read_it(tab: Tab) -> None:
    """Contrast, headings, landmarks, names, tables, focus: whatever axe looks at."""
    tab.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": STANDARDS}})
    assert found.violations_count == 0, found.generate_report()


def test_headings_go_down_one_by_one(tab: Tab) -> None:
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_what_is_wide_scrolls_by_the_keyboard_too(tab: Tab) -> None:
    code = tab.get_by_role("region", name="Your code, f", exact=True)
    assert code.evaluate("e => e.scrollWidth > e.clientWidth && e.scrollLeft === 0")
    code.focus()
    moved = "new Promise(moved => e.addEventListener('scroll', moved, {once: true}))"
    code.evaluate(f"e => {{ window.moved = {moved} }}")
    tab.keyboard.press("ArrowRight")
    tab.evaluate("Promise.race([moved, new Promise(never => setTimeout(never, 5000))])")
    assert tab.evaluate("document.activeElement.scrollLeft") > 0


def test_light_and_dark_are_what_the_reader_asks_for(tab: Tab) -> None:
    is_dark = tab.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    paper = tab.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    brightness = sum(map(int, paper.removeprefix("rgb(").removesuffix(")").split(","))) / 3
    assert brightness < 60 if is_dark else brightness > 200


def test_a_row_of_the_table_leads_to_its_exercise(tab: Tab) -> None:
    tab.get_by_role("link", name="5.2 · In your own words").click()
    assert tab.get_by_role("heading", name="5.2 · In your own words").is_visible()
    assert tab.evaluate("document.querySelector(':target').textContent").startswith("5.2")
