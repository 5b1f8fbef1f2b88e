"""Outputs come through as notebooks have them; nothing in them runs, loads, deceives or floods."""

from __future__ import annotations

import base64
import re
import sys
import textwrap
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from conftest import Student

import autograder
from autograder import outputs
from autograder.errors import ProtocolError

STREAM = {"output_type": "stream", "name": "stdout", "text": "hello\n"}


def decoded(*items: dict[str, Any]) -> list[dict[str, Any]]:
    return outputs.decode(msgspec.json.encode(list(items)), 7)


def shown(data: dict[str, Any]) -> dict[str, str]:
    """What is kept of one display."""
    (item,) = decoded({"output_type": "display_data", "data": data, "metadata": {}})
    found: dict[str, str] = item["data"]
    return found


# --- Decoding -----------------------------------------------------------------------------------


def test_text_and_results_come_through_as_nbformat_has_them() -> None:
    result = {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {"a": 1}}
    assert decoded(STREAM, result) == [STREAM, result | {"metadata": {}, "execution_count": 7}]


def test_an_error_comes_through_with_its_traceback() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "no", "traceback": ["a", "b"]}
    assert decoded(error) == [error]


FORGED = {
    "nothing": b"",
    "text": b"hello",
    "truncated": b'[{"output_type": "stream"',
    "not UTF-8": b'[{"output_type": "stream", "name": "stdout", "text": "\xff"}]',
    "an object": b"{}",
    "an unknown kind": b'[{"output_type": "comm", "data": {}}]',
    "no kind": b'[{"name": "stdout", "text": ""}]',
    "an unknown stream": b'[{"output_type": "stream", "name": "stdin", "text": ""}]',
    "text that is a number": b'[{"output_type": "stream", "name": "stdout", "text": 5}]',
    "a traceback of numbers": b'[{"output_type":"error","ename":"","evalue":"","traceback":[1]}]',
    "data that are a list": b'[{"output_type": "display_data", "data": []}]',
    "nesting without end": b'[{"output_type":"display_data","data":{"a":' + b"[" * 10**6,
    "far too many": b"["
    + b",".join([b'{"output_type":"stream","name":"stdout","text":""}'] * 20_001)
    + b"]",
    "far too much": b'[{"output_type":"stream","name":"stdout","text":"%s"}]' % (b"x" * 17_000_000),
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_what_no_notebook_has_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        outputs.decode(data, 1)


HOSTILE_HTML = {
    "script": "<script>alert(1)</script>",
    "an event": "<img src=x onerror=alert(1)>",
    "a picture from elsewhere": "<img src='https://example.org/seen.png'>",
    "a link that runs": '<a href="javascript:alert(1)">x</a>',
    "a link in disguise": '<a href="java&#x09;script:alert(1)">x</a>',
    "a frame": "<iframe src='https://example.org'></iframe>",
    "an object": "<object data='x.swf'></object><embed src='x'>",
    "a form": "<form action='https://example.org'><input name=password></form>",
    "an svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "a style": "<style>body{background:url(https://example.org)}</style>",
    "a base": "<base href='https://example.org/'><meta http-equiv=refresh content='0;url=x'>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "a template": "<template><script>alert(1)</script></template>",
    "data": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
}


@pytest.mark.parametrize("html", HOSTILE_HTML.values(), ids=HOSTILE_HTML)
def test_html_is_cleaned_of_what_runs_or_loads(html: str) -> None:
    kept = shown({"text/html": f"<table><tr><td>1</td></tr></table>{html}"})["text/html"].lower()
    assert "<td>1</td>" in kept
    for bad in ("script", "onerror", "onload", "<iframe", "<object", "<embed", "<form", "<input",
                "<svg", "<img", "<style", "<base", "<meta", "<template", 'href="data',
                "url("):  # fmt: skip
        assert bad not in kept


@pytest.mark.parametrize(
    "kind",
    [
        "image/svg+xml",
        "application/javascript",
        "text/javascript",
        "application/vnd.jupyter.widget-view+json",
        "application/json",
        "application/pdf",
        "text/x-anything",
    ],
)
def test_other_media_are_dropped(kind: str) -> None:
    assert shown({kind: "<svg/>", "text/plain": "x"}) == {"text/plain": "x"}


@pytest.mark.parametrize("count", [1, 20])
def test_html_that_takes_long_to_clean_is_left_out(count: int) -> None:
    """Cleaning a megabyte of these takes minutes."""
    deep = {"text/html": "<div>" * (50_000 // count), "text/plain": "a table"}
    display = {"output_type": "display_data", "data": deep, "metadata": {}}
    assert all(item["data"] == {"text/plain": "a table"} for item in decoded(*[display] * count))
    assert "text/html" in shown({"text/html": "<div>" * 1000})


def test_media_that_are_dropped_are_not_decoded() -> None:
    """A megabyte of `[]` would take thirty times as much as objects."""
    item = {"output_type": "display_data", "data": {"a": [[]] * 400_000, "text/plain": "x"}}
    data = msgspec.json.encode([item])
    tracemalloc.start()
    assert outputs.decode(data, 1)[0]["data"] == {"text/plain": "x"}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * len(data)


def test_markdown_brings_no_html() -> None:
    kept = shown({"text/markdown": "**a** <script>alert(1)</script> $a < b$"})["text/markdown"]
    assert kept.startswith("**a** ")
    assert "<" not in kept


def test_latex_and_pictures_are_kept() -> None:
    png = base64.b64encode(b"\x89PNG").decode()
    data = {"text/latex": r"$\sigma_1$", "image/png": png + "\n", "text/plain": "x"}
    assert shown(data) == data


@pytest.mark.parametrize("value", ['x" onload="alert(1)', "<svg/>", 5, None, ["a"], {"a": 1}])
def test_a_picture_that_is_none_is_dropped(value: Any) -> None:
    assert shown({"image/png": value, "text/plain": ["no", "list"]}) == {}


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x08", "\x7f", "\u202e", "\u2066", "\u202a", "\x1c"]
)
def test_characters_that_deceive_a_reader_are_replaced_everywhere(character: str) -> None:
    text = f"a{character}b"
    assert outputs.harmless(text) == "a\ufffdb"
    items = decoded(
        STREAM | {"text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text]},
        {"output_type": "display_data", "data": dict.fromkeys(("text/plain", "text/html"), text)},
    )
    assert repr(character)[1:-1] not in repr(items)


def test_words_of_all_languages_tabs_and_colours_stay() -> None:
    text = "größer\t\x1b[31mrot\x1b[0m\n日本語 עברית\r\n"
    assert outputs.harmless(text) == text


# --- From real cells ----------------------------------------------------------------------------


def run(student: Student, source: str, *, rich: bool = False) -> list[dict[str, Any]]:
    data, _ = student.process.run(source, "cell", rich=rich)
    return outputs.decode(data, 3)


def test_printed_text_is_a_stream_and_the_last_value_a_result(student: Student) -> None:
    assert run(student, "print('a')\nprint('b', end='')\n1 + 1") == [
        {"output_type": "stream", "name": "stdout", "text": "a\nb"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "2"},
            "metadata": {},
            "execution_count": 3,
        },
    ]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("def f():\n    return 1\nf()", "1"),
        ('def f():\n    return 1\n\n"""\n    return"""', repr("\n    return")),
        ("returned = 2\n(1 +\n    returned)", "3"),
        ("def f():\n    return 1", None),
        ("def f():\n    return 'it'", None),
        ("if True:\n    pass\n\n  ", None),
    ],
)
def test_a_value_is_shown_if_the_last_statement_has_one(
    student: Student, source: str, value: str | None
) -> None:
    found = [item["data"]["text/plain"] for item in run(student, source)]
    assert found == ([] if value is None else [value])


def test_what_goes_to_stderr_is_shown_and_is_no_failure(student: Student) -> None:
    source = "import sys, warnings\nprint('a', file=sys.stderr)\nwarnings.warn('careful')"
    data, failure = student.process.run(source, "cell", rich=False)
    assert failure is None
    (item,) = outputs.decode(data, 1)
    assert item["name"] == "stderr"
    assert "careful" in item["text"]


def test_streams_stay_in_order(student: Student) -> None:
    items = run(student, "import sys\nprint(1)\nprint(2, file=sys.stderr)\nprint(3)")
    assert [item["text"] for item in items] == ["1\n", "2\n", "3\n"]


def test_an_error_is_shown_with_a_traceback_that_names_the_line(student: Student) -> None:
    data, failure = student.process.run("print('before')\nx = 1 / 0", "cell", rich=False)
    assert failure is not None
    assert failure.type_name == "ZeroDivisionError"
    before, error = outputs.decode(data, 1)
    assert before["text"] == "before\n"
    assert error["ename"] == "ZeroDivisionError"
    assert "x = 1 / 0" in re.sub(r"\x1b\[[0-9;]*m", "", "".join(error["traceback"]))


def test_a_failed_check_is_shown_where_it_is_called_without_its_own_lines(
    student: Student,
) -> None:
    source = """
        from autograder.checks import assert_close, assert_raises
        def halve(x):
            return 1 / 0
        try:
            assert_raises(ValueError, halve, 1, hint="Look here.")
        except AssertionError:
            raise
    """
    (error,) = run(student, textwrap.dedent(source))
    shown = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in error["traceback"]]
    assert shown[:2] == [
        '----> line 6: assert_raises(ValueError, halve, 1, hint="Look here.")',
        "----> line 4 of halve: return 1 / 0",
    ]
    assert " ".join(shown[2:]) == (
        "AssertionError: halve(1) should raise ValueError, but raised ZeroDivisionError: "
        "division by zero. Look here."
    )


def test_a_syntax_error_is_shown_as_one(student: Student) -> None:
    data, failure = student.process.run("def f(:\n    pass", "cell", rich=False)
    assert failure is not None
    assert failure.type_name == "SyntaxError"
    assert outputs.decode(data, 1)[0]["ename"] == "SyntaxError"


def test_a_table_comes_through_as_html_if_asked_for(student: Student) -> None:
    student.run("""
        class Table:
            def _repr_html_(self):
                return "<table onclick='x()'><tr><td>7</td></tr></table>"
            def __repr__(self):
                return "7"
    """)
    (rich,) = run(student, "Table()", rich=True)
    assert "<td>7</td>" in rich["data"]["text/html"]
    assert "onclick" not in rich["data"]["text/html"]
    (plain,) = run(student, "Table()", rich=False)
    assert plain["data"] == {"text/plain": "7"}


def test_display_works_anywhere_in_a_cell(student: Student) -> None:
    source = (
        "from IPython.display import Markdown\nfor i in range(2):\n    display(i)\nprint('end')"
    )
    items = run(student, source)
    assert [item["output_type"] for item in items] == ["display_data", "display_data", "stream"]
    assert items[1]["data"] == {"text/plain": "1"}


def test_a_figure_comes_through_as_a_picture(student: Student) -> None:
    student.limit(cpu_seconds=10)
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('a')\nplt.show()"
    items = run(student, source, rich=True)
    pictures = [item["data"]["image/png"] for item in items if "image/png" in item.get("data", {})]
    assert len(pictures) == 1
    assert base64.b64decode(pictures[0]).startswith(b"\x89PNG")


def test_output_without_end_is_cut_and_says_so(student: Student) -> None:
    data, failure = student.process.run("print('x' * 5_000_000)\nprint('y')", "cell", rich=False)
    assert failure is None
    assert len(data) < 1_100_000
    assert "the rest of this output was cut" in outputs.decode(data, 1)[0]["text"]


def test_a_picture_that_is_too_large_is_left_out(student: Student) -> None:
    student.run("""
        class Large:
            def _repr_png_(self):
                return bytes(3_000_000)
    """)
    data, failure = student.process.run("Large()", "cell", rich=True)
    assert failure is None
    assert len(data) < 1_100_000


@pytest.mark.parametrize(
    "source",
    [
        "print('\\ud800')",
        "raise ValueError('\\ud800')",
        "class A:\n    def __repr__(self):\n        return '\\ud800'\nA()",
        "class A:\n    def __repr__(self):\n        raise ValueError('no text')\nA()",
        "class A:\n    def _repr_html_(self):\n        return 5\n    def __repr__(self):\n"
        "        return 'A'\ndisplay(A())",
        "import sys\nsys.stdout = None\nprint('lost')",
        "import sys\nsys.stdout.close()",
        "class E(Exception):\n    def __str__(self):\n        raise self\nraise E",
    ],
)
def test_odd_outputs_leave_the_notebook_running(source: str, student: Student) -> None:
    run(student, source)
    assert run(student, "print('still here')")[-1]["text"] == "still here\n"


def test_a_magic_that_times_works(student: Student) -> None:
    (item,) = run(student, "%time x = 1")
    assert "Wall time" in item["text"]


def test_where_the_grader_is_installed_is_not_told() -> None:
    text = f"File {np.__file__}, {autograder.__file__}, {sys.executable}"
    told = outputs.harmless(text)
    assert "numpy/__init__.py" in told
    assert sys.prefix not in told
    assert str(Path(autograder.__file__).parent.parent) not in told


# --- Text of the student's that is shown beside the outputs ---------------------------------------

LIVE_MARKDOWN = [
    "<script>alert(1)</script>",
    "text <img src=x onerror=alert(1)> text",
    "<svg/onload=alert(1)>",
    "<!-- --><iframe src=//example.org>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JavaScript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java\tscript:alert(1)>)",
    "[x](javascript\\:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:alert(1))",
    "<javascript:alert(1)>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    "![x](https://example.org/seen.png)",
    "![x][1]\n\n[1]: //example.org/seen.png",
    "[x](data:text/html,alert(1))",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php <script>alert(1)</script> ?>",
    "$<script>alert(1)</script>$",
    "$$\n<script>alert(1)</script>\n$$",
    "\\begin{align}<script>alert(1)</script>\\end{align}",
    "`` ` <script>alert(1)</script>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "- <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


class Elements(HTMLParser):
    """What a browser would find in a page: elements, and where links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "svg", "img"):
            self.live.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or scheme.startswith(("javascript:", "vbscript:", "data:")):
                self.live.append(f"{tag} {name}={value}")


def elements(markdown: str) -> list[str]:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return Elements(markdown2html_mistune(markdown)).live


@pytest.mark.parametrize("markdown", LIVE_MARKDOWN, ids=ascii)
def test_nothing_in_a_students_markdown_runs(markdown: str) -> None:
    assert not elements(outputs.harmless_source(markdown))
    assert not elements(shown({"text/markdown": markdown})["text/markdown"])


def test_these_would_run_if_they_were_left_alone() -> None:
    assert sum(bool(elements(markdown)) for markdown in LIVE_MARKDOWN) > 12


def test_a_students_formulas_prose_and_code_stay() -> None:
    text = "If $a < b$ & **c** > d: [see](https://example.org), JavaScript or `x & y`\n> quote"
    assert outputs.harmless_source(text) == text
    code = "if a<b and c&d: print('<b>', 'javascript:')"
    assert outputs.harmless_source(code, "code") == code
    assert outputs.harmless_source("a\u202eb\x00", "code") == "a\ufffdb\ufffd"


def test_pictures_that_a_student_has_attached_stay() -> None:
    text = "See ![my *sketch*](attachment:image-1.png) here"
    assert outputs.harmless_source(text) == text
    for other in ("![a](attachment:x.png y)", "![a](https://e.org/attachment:x.png)", "![a][b]"):
        assert outputs.harmless_source(other) == other.replace("!", "! ")
    attached = {"image-1.png": {"image/png": "iVBO", "text/html": "<b>", "image/jpeg": "<x>"}}
    attached |= {"a": {"image/svg+xml": "iVBO"}, "b": {"image/png": ["iVBO"]}, "c": "iVBO"}  # type: ignore[dict-item]
    assert outputs.pictures(attached) == {"image-1.png": {"image/png": "iVBO"}}


@pytest.mark.parametrize(
    "text", ["\x1b[2J", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x9b31m", "\x1bc", "\x1b"]
)
def test_of_what_moves_a_terminal_nothing_is_left(text: str) -> None:
    for made in (outputs.harmless(text), outputs.plain(text)):
        assert not re.search("[\x00-\x08\x1b\x7f-\x9f]", made)


def test_a_message_has_no_colours_that_could_hide_something() -> None:
    assert outputs.plain("a\x1b[8mb\x1b[0mc") == "abc"
