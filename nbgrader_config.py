"""The course's one configuration file: nbgrader reads it, and so does the autograder.

Everything that is not set here has nbgrader's default: `nbgrader --help-all` lists it.
"""

import os
import shutil
import sys
import warnings
from pathlib import Path

from autograder.errors import CourseError
from autograder.source import refresh

c = get_config()  # noqa: F821  nbgrader and the autograder provide it
root = Path(__file__).resolve().parent

# --- The course ---------------------------------------------------------------------------------

c.CourseDirectory.course_id = "linear-algebra-for-machine-learning"
c.CourseDirectory.root = str(root)

# What is not copied into a release: the text of a section (*.py), which holds the solutions, and
# what tools leave behind.
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".*", "feedback"]

# --- What students see --------------------------------------------------------------------------

c.ClearSolutions.text_stub = "Your answer here."

# --- `autograder grade`: limits for one submission, and how many run at once ----------------------

c.Autograder.cpu_seconds = 2.0  # a cell, or one call from a test
c.Autograder.total_cpu_seconds = 20.0  # all cells and tests of a submission together
c.Autograder.wall_seconds = 60.0  # a backstop for code that waits instead of working
c.Autograder.total_wall_seconds = 300.0  # the same for a whole submission
c.Autograder.memory_bytes = 2 * 1024**3  # beyond what Python and NumPy need themselves
# c.Autograder.workers = 4  # default: one for each processor

# --- `nbgrader autograde`, `validate` and `generate_solution`, which run a whole kernel -----------

c.ExecutePreprocessor.timeout = 60  # seconds for one cell

# Encrypt what goes to the kernel and back, which other users of the machine could read otherwise.
c.KernelManager.transport_encryption = "auto"

# Written questions keep their mark scheme in the source; nbgrader expects it in task cells only.
c.ClearMarkScheme.enforce_metadata = False

# nbgrader looks for `alembic` on the PATH, where it is not if the environment is not activated.
if not shutil.which("alembic"):
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

# A remark of SQLAlchemy's on nbgrader's own code; nothing is lost.
warnings.filterwarnings("ignore", message="Object of type <Submitted")

# --- source/NN/NN.ipynb is made from source/NN/NN.py ----------------------------------------------

try:
    refresh(root)
except CourseError as error:
    print(f"These sections have problems, so they have no notebook:\n{error}", file=sys.stderr)
