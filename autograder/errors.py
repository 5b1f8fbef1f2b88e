"""Everything the autograder raises on purpose.

    AutograderError            a message for people: what was found, what was expected, what to do
    ├── CourseError            the course itself is wrong: no such section, bad source, bad bank
    ├── SubmissionError        this submission cannot be graded; the others go on
    ├── GradebookError         the gradebook cannot be read or written; nothing is lost
    ├── ClusterError           the cluster cannot grade, or not any more; what was graded is kept
    └── SandboxError           our own failure to run a submission: never a student's zero
        ├── NoSandboxError     none starts, or none that confines, for any submission
        └── ProtocolError      bytes from the sandbox that no honest sandbox sends

A student's mistake is none of these: it is a result (`autograder.results`).
"""


class AutograderError(Exception):
    """A problem that the person at the keyboard can do something about."""


class CourseError(AutograderError):
    """The course's own files are missing, malformed or contradict each other."""


class SubmissionError(AutograderError):
    """A submitted file that cannot be graded, with the reason."""


class GradebookError(AutograderError):
    """The gradebook database or a course folder cannot be read or written."""


class ClusterError(AutograderError):
    """No scheduler, no worker, or one that lacks what grading takes: no submission can go on."""


class SandboxError(AutograderError):
    """The sandbox failed, not the student."""


class NoSandboxError(SandboxError):
    """This machine, as it is, has no sandbox: it is no use to try the next submission."""


class ProtocolError(SandboxError):
    """The other side of the wire broke the protocol."""
