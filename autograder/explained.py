"""What a database or a file system complains of -> what to do about it."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.errors import GradebookError

_REPEAT = "then repeat: nothing is lost, and what was graded is kept."
_LOCKED = "is in use. Close formgrader and any other grader that has it open, then repeat."
_READ_ONLY = "cannot be written. Give yourself permission to write it and its folder, then repeat."
_FULL = "cannot be written: the disk is full. Free some space, then repeat."
_DAMAGED = (
    "is damaged or not a database. Restore your last copy of it; or move it away and repeat: then "
    "everything is graded again, but manual scores are gone."
)
_OTHER_VERSION = (
    "was made by another version of nbgrader. Make a copy of it, run `nbgrader db upgrade`, and "
    "repeat."
)
_DATABASE = {  # by what SQLite and PostgreSQL say; the first that fits counts
    "is locked|lock timeout": _LOCKED,
    "read-only transaction": "takes no changes: it is a copy that follows another server. Name "
    f"that one as c.CourseDirectory.db_url, {_REPEAT}",
    "readonly|unable to open": _READ_ONLY,
    "is full|No space left": _FULL,
    "not a database|malformed": _DAMAGED,
    "no such table|no such column|has no column|(relation|column) .* does not exist": (
        _OTHER_VERSION
    ),
    "database .* does not exist": "does not exist. Create it (`createdb`), or mend "
    "c.CourseDirectory.db_url, then repeat.",
    "authentication failed|no password supplied|role .* does not exist|pg_hba.conf": (
        "does not let you in. Look at the user in c.CourseDirectory.db_url, and at the password, "
        "which is best kept in ~/.pgpass; then repeat."
    ),
    "permission denied|must be owner": "does not allow this user to make or change nbgrader's "
    f"tables. Ask whoever runs it for the database's ownership, {_REPEAT}",
    "too many (clients|connections)|connection slots": "has no connection left. Close formgrader, "
    f"or ask whoever runs the server for more, {_REPEAT}",
    "assignment_course_id_fkey": "has to know the course's name. Set c.CourseDirectory.course_id "
    f"in nbgrader_config.py, {_REPEAT}",
    "could not serialize|deadlock detected|duplicate key|already exists": (
        f"was changed by somebody else at the same moment. Wait for them to finish, {_REPEAT}"
    ),
    "resolve host|Connection refused|No such file or directory|timed? ?out|starting up|"
    "shutting down|closed the connection|terminating connection|connection is (lost|closed)|"
    "consuming input failed|server closed": (
        "cannot be reached. See that the server is running and that host and port in "
        f"c.CourseDirectory.db_url are right, {_REPEAT}"
    ),
}
_NO_DRIVER = (
    "For PostgreSQL, run `pip install 'psycopg[binary]'` and let c.CourseDirectory.db_url begin "
    "with postgresql+psycopg://, then repeat."
)
_FILE = {
    errno.EACCES: "cannot be written. Give yourself permission, then repeat.",
    errno.EPERM: "cannot be written. Give yourself permission, then repeat.",
    errno.EROFS: "cannot be written. Give yourself permission, then repeat.",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EEXIST: "is in the way of a folder. Move it away, then repeat.",
    errno.ENOTDIR: "is in the way of a folder. Move it away, then repeat.",
    errno.EISDIR: "is a folder in the way of a file. Move it away, then repeat.",
}


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turns complaints of files, or of the database of this name, into a GradebookError."""
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError

    try:
        yield
    except (NoSuchModuleError, ImportError) as error:
        raise GradebookError(
            f"{name}: nothing is installed that speaks to such a database ({error}). {_NO_DRIVER}"
        ) from error
    except DBAPIError as error:
        text = " ".join(str(error.orig).split())
        found = (advice for words, advice in _DATABASE.items() if re.search(words, text))
        raise GradebookError(f"{name} {next(found, f'has a problem: {text}')}") from error
    except OSError as error:
        advice = _FILE.get(error.errno or 0, f"cannot be written: {error.strerror}")
        raise GradebookError(f"{error.filename or name} {advice}") from error
