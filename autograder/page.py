"""A report as an HTML page: one file without scripts, which loads nothing and says so to browsers.

Whatever stands in a report is escaped, text of the instructor's too: the template escapes all that
is not made here of text that was. Outputs are text or pictures, never a student's HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String

from autograder.report import Part, Report, Test
from autograder.results import Outcome

_CLASSES = {  # the few kinds of words that have a colour
    Keyword: "k", Operator.Word: "k", String: "s", Comment: "c", Number: "m",
    Name.Function: "f", Name.Class: "f", Name.Decorator: "f",
}  # fmt: skip
_SIGNS = {"good": "✓", "bad": "✗", "wait": "…"}


def page(report: Report) -> bytes:
    """The page; the same report always gives the same bytes."""
    share = 100 * report.score / report.max_score if report.max_score else 0
    others = [
        ("Your cells before the first exercise", report.added),
        ("The lesson's cells with your functions", report.demos),
    ]
    text = _template().render(
        report=report,
        share=f"{min(share, 100):.0f}",
        others=[(title, cells) for title, cells in others if cells],
        style=style("feedback.css"),
    )
    return text.encode("utf-8", "replace")


def template(name: str, filters: dict[str, Callable[..., str]]) -> Template:
    """A page's template, which escapes everything, with filters for days, code and backticks."""
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"day": _day, "python": _python, "ticks": ticks} | filters
    return environment.from_string(_read(name))


def style(name: str) -> Markup:
    """What all pages look like, and what one of them does beyond that."""
    return Markup(_read("common.css") + _read(name).rstrip())


@cache
def _template() -> Template:
    filters: dict[str, Callable[..., str]] = {
        "message": _message, "mood": _mood, "name": _name, "sign": _sign
    }  # fmt: skip
    return template("feedback.html", filters)


def _read(name: str) -> str:
    return files("autograder").joinpath("templates", name).read_text(encoding="utf-8")


def _python(source: str) -> Markup:
    """Code with the class of each word that has a colour."""
    return Markup("").join(_words(source))


def _words(source: str) -> Iterator[Markup]:
    for kind, text in PythonLexer().get_tokens(source):
        name = next((name for above, name in _CLASSES.items() if kind in above), None)
        yield Markup('<span class="{}">{}</span>').format(name, text) if name else escape(text)


def ticks(text: str) -> Markup:
    """Text in which what stands between backticks is code, as Markdown has it."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    parts[1::2] = [Markup("<code>{}</code>").format(code) for code in parts[1::2]]
    return Markup("").join(parts)


def _name(part: Part) -> Markup:
    """What a part is called: an exercise by its function, a question by its heading."""
    if part.tests or not part.title:
        return Markup("<code>{}</code>").format(part.name)
    return ticks(part.title)


def _mood(found: Part | Test) -> str:
    if isinstance(found, Part) and found.to_review:
        return "wait"
    if isinstance(found, Part) and not found.tests:
        return "good" if found.points else "bad"
    outcomes = [found] if isinstance(found, Test) else found.tests
    return "good" if all(test.outcome is Outcome.PASSED for test in outcomes) else "bad"


def _sign(found: Part | Test) -> Markup:
    """For the eye, and for those who do not see colours; the words beside it say the same."""
    return Markup('<span aria-hidden="true">{} </span>').format(_SIGNS[_mood(found)])


def _message(test: Test, part: Part) -> str:
    """A test's message, which is said once where several tests have it."""
    first = next(other for other in part.tests if other.message == test.message)
    return test.message if first is test else f"The same as for {first.name}."


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B %Y, %H:%M} UTC"
