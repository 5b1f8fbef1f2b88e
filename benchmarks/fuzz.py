"""A coverage-guided search for bytes that the decoder does not survive; `make fuzz`.

`tests/thrown.py` has the target and the honest streams that the search starts from. Arguments are
libFuzzer's: `-max_total_time=600` ends it after ten minutes. A finding stays in the working folder
as `crash-...`, `timeout-...` or `oom-...`; give its name as the only argument to see it again.
"""

import random
import sys
import warnings
from pathlib import Path

import atheris  # not one of the project's dependencies: `make fuzz` has an environment of its own
import numpy as np

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
with atheris.instrument_imports(include=["autograder"]):
    import thrown

CORPUS = Path("corpus")
STREAMS = thrown.honest()


def mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """The next stream to throw, made from one that reached something new."""
    rng = random.Random(seed)
    kind = rng.random()
    if kind < 0.2:
        return atheris.Mutate(data, max_bytes)
    if kind < 0.25:
        return thrown.made_up(rng)[:max_bytes]
    return thrown.mutated(data, rng.choice(STREAMS), rng)[:max_bytes]


def main() -> None:
    """Search until a finding or until libFuzzer's time is up."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    CORPUS.mkdir(exist_ok=True)
    for number, stream in enumerate(STREAMS):
        (CORPUS / f"honest-{number:02}").write_bytes(stream)
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    arguments = [*sys.argv, "-max_len=20000", "-timeout=20", "-rss_limit_mb=2000"]
    atheris.Setup(
        arguments if names else [*arguments, str(CORPUS)], thrown.throw, custom_mutator=mutate
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
