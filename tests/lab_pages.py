"""What a student and an instructor do in JupyterLab, for the tests and for the pictures.

Nothing waits for a time: each step ends when the page shows that it is done.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lab_server import Server
from PIL import Image
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
MISSING = f"needs a browser: none of {', '.join(NAMES)} is installed"
PATIENCE = 120_000  # milliseconds until a page that does not do its work fails the test
# Formgrader takes MathJax from a content delivery network, which is out of reach here.
NOT_OURS = "MathJax is not defined"
# Fields of formgrader for which the gradebook has not been asked yet: a change would be lost.
_NOT_YET = ".extra-credit:not([placeholder]), .comment:not([placeholder])"

expect.set_options(timeout=PATIENCE)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def lab(browser: Browser, server: Server, path: str = "lab", **look: object) -> Iterator[Page]:
    """A page of the server in a fresh tab that loads nothing from elsewhere.

    Raises AssertionError at the end if the console had an error or the server refused something.
    """
    wrong: list[str] = []
    with browser.new_context(**look) as context:
        context.set_default_timeout(PATIENCE)
        context.route(lambda url: not url.startswith(server.url), lambda route: route.abort())
        tab = context.new_page()
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda said: wrong.extend(_errors(said, server)))
        tab.goto(server.page(path))
        yield tab
    wrong = [each for each in wrong if each != NOT_OURS]
    assert not wrong, wrong


class Notebook:
    """A notebook that is open in JupyterLab; its cells are known by their grade_id or id."""

    def __init__(self, tab: Page, path: Path) -> None:
        self.tab = tab
        cells = json.loads(path.read_text())["cells"]
        self._places = {
            cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]): place
            for place, cell in enumerate(cells)
        }
        self._cells = tab.locator(".jp-Notebook .jp-Cell")
        expect(self._cells).to_have_count(len(cells))
        # The toolbar's circle means nothing before there is a kernel; the status bar's words do.
        tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for()

    def cell(self, name: str) -> Locator:
        """A cell with all that belongs to it."""
        return self._cells.nth(self._places[name])

    def output(self, name: str) -> Locator:
        """What a cell has put out."""
        return self.cell(name).locator(".jp-OutputArea-output")

    def write(self, name: str, source: str) -> None:
        """Replace what stands in a cell."""
        self._enter(name)
        self.tab.keyboard.press("ControlOrMeta+a")
        self.tab.keyboard.insert_text(source)

    def run(self, name: str) -> None:
        """Run a cell until it has ended."""
        prompt = self.cell(name).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self._enter(name)
        self.tab.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(r"\d"))

    def run_above(self, name: str) -> None:
        """Run all cells above this one."""
        self._enter(name)
        choose(self.tab, "Run", "Run All Above Selected Cell")

    def validate(self) -> Locator:
        """Press nbgrader's button; the dialog with what it says."""
        self.tab.get_by_role("button", name="Validate").click()
        dialog = self.tab.get_by_role("dialog").filter(has_text="Validation Results")
        dialog.wait_for()
        return dialog

    def _enter(self, name: str) -> None:
        self.cell(name).scroll_into_view_if_needed()
        self.cell(name).locator(".cm-content").click()


def choose(tab: Page, menu: str, entry: str) -> None:
    """Choose an entry of a menu of JupyterLab."""
    tab.get_by_role("menuitem", name=menu, exact=True).click()
    tab.get_by_role("menuitem", name=entry, exact=True).click()


def formgrader(tab: Page) -> FrameLocator:
    """Formgrader, which JupyterLab shows in a frame."""
    choose(tab, "Nbgrader", "Formgrader")
    return tab.frame_locator("iframe")


def graded_cell(frame: FrameLocator | Page, grade_id: str) -> Locator:
    """A cell of a submission in formgrader that has a field for a score, ready to be filled in."""
    cell = frame.locator(".cell", has=frame.locator(f"[id='{grade_id}']"))
    cell.wait_for()
    expect(frame.locator(_NOT_YET)).to_have_count(0)
    return cell


def enter(tab: Page, field: Locator, text: str) -> None:
    """Write into a field of formgrader, and see that the server has it."""
    with tab.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        field.fill(text)
        field.blur()


def picture(tab: Page, *shown: Locator) -> bytes:
    """The part of a page in which these are, as PNG with few colours: half of the bytes."""
    boxes = [each.bounding_box() for each in shown]
    left, top = (min(box[side] for box in boxes) for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    png = Image.open(BytesIO(tab.screenshot(clip=clip, animations="disabled")))
    small = BytesIO()
    png.convert("RGB").quantize(192, kmeans=2).save(small, "PNG", optimize=True)
    return small.getvalue()


def _errors(said: ConsoleMessage, server: Server) -> Iterator[str]:
    where = said.location["url"]
    if said.type == "error" and where.startswith(server.url):
        yield f"{where}: {said.text}"
