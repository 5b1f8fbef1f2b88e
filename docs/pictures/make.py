"""Makes the README's pictures: `make pictures`. Needs Chromium (or Chrome) beside the environment.

notebook.png   a few cells of section 5 as a student sees them in JupyterLab
table.svg      what `autograder grade` prints for the sample class
"""

import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from io import BytesIO, StringIO
from pathlib import Path

import nbformat
import websocket
from nbclient import NotebookClient
from PIL import Image
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SECTION = "05_svd_compression"
TOKEN = "pictures"
WIDTH, HEIGHT, SCALE = 940, 2600, 1.35
COLUMNS = 100

STUDENT = """    if not 0 <= k <= min(A.shape):
        raise ValueError(f"k is {k}, but A has {min(A.shape)} layers")
    U, s, Vt = np.linalg.svd(A, full_matrices=False)
    first = s.size - k
    return (U[:, first:] * s[first:]) @ Vt[first:]"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("nbgrader_config.py", "source", "solutions"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(folder, name))
        course = [sys.executable, "-m", "autograder", "--course", folder]
        for verb in ("build", "sample"):
            subprocess.run([*course, verb], check=True, stdout=subprocess.DEVNULL)
        (HERE / "table.svg").write_bytes(table([*course, "grade", "05"]))
        (HERE / "notebook.png").write_bytes(notebook(Path(folder, "release", SECTION)))
    for picture in (HERE / "table.svg", HERE / "notebook.png"):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")


def table(grade):
    """What the command prints, in colour."""
    colours = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS)}
    printed = subprocess.run(grade, env=colours, capture_output=True, text=True).stdout
    console = Console(record=True, width=COLUMNS, file=StringIO())
    console.print(Text.from_ansi(printed))
    svg = console.export_svg(title="autograder grade 05")
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).encode()  # nothing from outside


def notebook(release):
    """The part of the lesson from the layers of the photograph to the first test."""
    shown = _worked(nbformat.read(release / f"{SECTION}.ipynb", as_version=4))
    nbformat.write(shown, release / "lesson.ipynb")
    with _jupyter(release) as url, _browser() as tab:
        tab("Page.navigate", url=f"{url}/doc/tree/lesson.ipynb?token={TOKEN}")
        _wait(tab, len(shown.cells))
        box = _evaluate(tab, _BOX)
        clip = {"x": box[0], "y": box[1], "width": box[2], "height": box[3], "scale": 1}
        picture = tab("Page.captureScreenshot", format="png", clip=clip)["data"]
    return _small(base64.b64decode(picture))


def _worked(page):
    """The notebook as the student has it, run up to the first test of `truncate`."""
    for cell in page.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "truncate":
            head, _, _ = cell.source.partition("    # YOUR CODE HERE")
            cell.source = head + STUDENT
    position = {cell.id: number for number, cell in enumerate(page.cells)}
    first, last = position["plot-the-layers-of-a-photograph"], position["truncate-worked"]
    needed = ("setup", "the-look-of-the-pictures", "the-photograph")
    kept = [cell for cell in page.cells if cell.id in needed] + page.cells[first : last + 1]
    page.cells = kept
    NotebookClient(page, allow_errors=True).execute()
    page.cells = [cell for cell in kept if cell.id not in needed]
    for output in (o for cell in page.cells for o in cell.get("outputs", [])):
        if output.output_type == "error":  # the path is this machine's
            output.traceback = [frame.replace(f"{ROOT}/", "") for frame in output.traceback]
    page.cells[0].metadata["jupyter"] = {"source_hidden": True}
    return page


@contextlib.contextmanager
def _jupyter(folder):
    """A server of that folder, with nobody's settings."""
    private = {f"JUPYTER_{kind}_DIR": f"{folder}/.{kind}" for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}"]
    server = subprocess.Popen(
        command, cwd=folder, env=os.environ | private, stderr=subprocess.PIPE, text=True
    )
    try:
        for line in server.stderr:
            if found := re.search(r"(http://127\.0\.0\.1:\d+)/lab", line):
                break
        yield found[1]
    finally:
        server.terminate()
        server.communicate()


@contextlib.contextmanager
def _browser():
    """A function that sends one command of the DevTools protocol to a page and gives its result."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        sys.exit("Chromium is needed for the picture of a notebook.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-background-networking", "--hide-scrollbars", "--remote-debugging-port=0",
             "--remote-allow-origins=*", f"--user-data-dir={profile}", "about:blank"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            for line in browser.stderr:
                if found := re.search(r"ws://([^/]+)/", line):
                    break
            with urllib.request.urlopen(f"http://{found[1]}/json/list") as pages:
                page = next(p for p in json.load(pages) if p["type"] == "page")
            socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=60)
            numbers = itertools.count(1)

            def tab(method, **params):
                number = next(numbers)
                socket.send(json.dumps({"id": number, "method": method, "params": params}))
                while (answer := json.loads(socket.recv())).get("id") != number:
                    pass
                return answer["result"]

            tab(
                "Emulation.setDeviceMetricsOverride",
                width=WIDTH, height=HEIGHT, deviceScaleFactor=SCALE, mobile=False,
            )  # fmt: skip
            yield tab
        finally:
            browser.terminate()
            browser.communicate()


_READY = """document.querySelectorAll('.jp-Notebook .jp-Cell').length == %d
  && document.querySelectorAll('.jp-Notebook mjx-container').length > 0
  && document.querySelectorAll('.jp-OutputArea img').length > 0"""

_BOX = """(() => {
  const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
  const first = cells[0].getBoundingClientRect(), last = cells.at(-1).getBoundingClientRect();
  return [first.x, first.y, first.width, last.bottom - first.y];
})()"""


def _wait(tab, count):
    deadline = time.monotonic() + 60
    while not _evaluate(tab, _READY % count):
        if time.monotonic() > deadline:
            sys.exit("JupyterLab does not show the notebook.")
        time.sleep(0.5)
    _evaluate(tab, "document.querySelectorAll('.jp-Collapser').forEach(mark => mark.remove())")
    time.sleep(3)  # fonts and formulas settle


def _evaluate(tab, expression):
    return tab("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")


def _small(png):
    """The picture with 256 colours, a third of the bytes."""
    small = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(256).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
