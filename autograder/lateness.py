"""What being late costs: asked of the plugin that nbgrader asks.

`nbgrader autograde` does so for each notebook, with its preprocessor AssignLatePenalties. The
course's settings mean the same here: `c.AssignLatePenalties.plugin_class` names the plugin, and
`c.LateSubmissionPlugin.penalty_method` tells nbgrader's own one what to do, which is nothing unless
it is set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import Course
from autograder.errors import CourseError


class LatePolicy:
    """The course's plugin for late submissions.

    Raises CourseError if there is none of that name, or when it fails.
    """

    def __init__(self, course: Course) -> None:
        from nbgrader.preprocessors import (  # type: ignore[import-untyped]  # no py.typed
            AssignLatePenalties,
        )

        with _explained(), _importing_from(course.root):
            asking = AssignLatePenalties(config=course.config())
            asking.init_plugin()
        self._plugin = asking.plugin_inst

    def penalty(self, student: str, score: float, seconds_late: float) -> float | None:
        """The points that go off a notebook: at least 0, and not more than it has.

        None where the plugin has nothing against being late.
        """
        with _explained():
            penalty = self._plugin.late_submission_penalty(student, score, seconds_late)
            if penalty is None:
                return None
            return 0.0 if penalty < 0 else min(float(penalty), score)


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Modules are found in a folder, as nbgrader finds them in the one where it is started."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise CourseError(
            "the plugin for late submissions (c.AssignLatePenalties.plugin_class in "
            f"nbgrader_config.py) fails: {type(error).__name__}: {error}. Mend it, then repeat."
        ) from error
