"""IPython's extras: what honest notebooks use works, what leaves the notebook says why not."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Student

from autograder import outputs

HONEST = [
    "%time x = 1\nx = 1",
    "%timeit -n 2 -r 1 1 + 1\nx = 1",
    "%%time\nx = 1",
    "%%timeit -n 1 -r 1\nglobal x\nx = 1",
    "%%capture kept\nprint('quiet')\nx = 1",
    "%prun 1 + 1\nx = 1",
    "%precision 3\nx = 1",
    "%matplotlib inline\nx = 1",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nx = 1",
    "%config InlineBackend.figure_format = 'retina'\nx = 1",
    "%load_ext autoreload\n%autoreload 2\nx = 1",
    "%env HOSTILE=1\nx = 1",
    "%pwd\n%cd .\n%who\n%lsmagic\nx = 1",
    "%xmode Plain\n%colors nocolor\n%pdb off\nx = 1",
    "%history\n%logstart\n%tb\nx = 1",
    "%debug\nx = 1",  # without anybody who could answer
    "print?\nx = 1",
    "x = 1\nx;",
    "import asyncio\nawait asyncio.sleep(0)\nx = 1",
    "async def one():\n    return 1\nx = await one()",
]
WITHOUT_EFFECT = [
    "%reset -f",
    "%reset",
    "%reset -s -f",
    "get_ipython().reset()",
    "exit()",
    "quit()",
]
REFUSED = {
    "!true": "running other programs",
    "!!true": "running other programs",
    "files = !true": "running other programs",
    "get_ipython().system('true')": "running other programs",
    "get_ipython().getoutput('true')": "running other programs",
    "%alias program true\n%program": "running other programs",
    "%sx true": "%sx",
    "%run other.py": "%run",
    "%pip install other": "%pip",
    "%conda install other": "%conda",
    "%edit": "%edit",
    "%notebook other.ipynb": "%notebook",
    "%%bash\ntrue": "%%bash",
    "%%script true\ntrue": "%%script",
    "%%perl\ntrue": "%%perl",
    "%%writefile other.py\ntrue": "%%writefile",
    "%%html\n<b>true</b>": "%%html",
    "%%javascript\ntrue": "%%javascript",
    "get_ipython().run_cell_magic('bash', '', 'true')": "%%bash",
    "get_ipython().run_line_magic('run', 'other.py')": "%run",
}


def shown(data: bytes) -> str:
    items: list[dict[str, Any]] = outputs.decode(data, 1)
    return "".join(item.get("text", "") for item in items)


@pytest.mark.parametrize("source", HONEST)
def test_what_honest_notebooks_use_works(source: str, student: Student) -> None:
    student.limit(cpu_seconds=10)
    assert student.get("x", source) == 1


@pytest.mark.parametrize("source", WITHOUT_EFFECT)
def test_what_would_end_or_empty_the_notebook_has_no_effect(source: str, student: Student) -> None:
    student.run("x = 1")
    student.run(f"{source}\ny = 2")
    assert (student.get("x"), student.get("y")) == (1, 2)


@pytest.mark.parametrize("source", REFUSED)
def test_what_leaves_the_notebook_says_that_it_is_not_available(
    source: str, student: Student
) -> None:
    data, failure = student.process.run(source, "cell", rich=False)
    assert failure is not None
    assert f"{REFUSED[source]} is not available while grading" in failure.text
    assert failure.text.split(":")[-1].strip() in shown(data)
    assert student.get("x", "x = 1") == 1


def test_a_part_of_matplotlib_is_loaded_once(student: Student) -> None:
    student.limit(cpu_seconds=10)
    student.run("from matplotlib.colors import Normalize\nimport matplotlib.colors, sys")
    assert student.get("same", "same = Normalize is matplotlib.colors.Normalize")
    assert student.get("same", "same = matplotlib.colors is sys.modules['matplotlib.colors']")
    source = "import importlib\nsame = importlib.reload(matplotlib.colors).Normalize is Normalize"
    assert not student.get("same", source)
