"""92. Hands in what is no notebook: other formats, broken JSON, wrong types, nesting without end.

Verdict: each is rejected with the reason; the others of the class are graded.
"""

from pathlib import Path

from hostile import SVD, Upload

DEEP = b"[" * 5_000_000
MALFORMED = {
    "empty": b"",
    "text": b"my homework\n",
    "pickled": b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R\x94.",
    "zipped": b"PK\x03\x04" + bytes(1000),
    "utf16": "{}".encode("utf-16"),
    "latin1": b'{"cells": [{"cell_type": "code", "source": "\xe9"}], "nbformat": 4}',
    "null": b"null",
    "list": b"[]",
    "number": b"1e999",
    "digits": b'{"nbformat": ' + b"9" * 1_000_000 + b"}",
    "deep": DEEP,
    "deep_outputs": b'{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": ' + DEEP,
    "deep_metadata": b'{"nbformat": 4, "metadata": {"a": ' + DEEP,
    "deep_source": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ' + DEEP,
    "nan": b'{"nbformat": 4, "cells": [], "metadata": {"a": NaN}}',
    "format3": b'{"nbformat": 3, "worksheets": [], "cells": []}',
    "format5": b'{"nbformat": 5, "cells": []}',
    "format_text": b'{"nbformat": "4", "cells": []}',
    "no_cells": b'{"nbformat": 4}',
    "cells_object": b'{"nbformat": 4, "cells": {}}',
    "cell_number": b'{"nbformat": 4, "cells": [5]}',
    "cell_kind": b'{"nbformat": 4, "cells": [{"cell_type": "test", "source": ""}]}',
    "source_number": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 5}]}',
    "source_lists": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [["a"]]}]}',
    "metadata_list": b'{"nbformat": 4, "cells": [], "metadata": []}',
    "surrogate": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "\\ud800"}]}',
    "other": b'{"nbformat": 4, "cells": []}',
}


def put(folder: Path, honest: bytes) -> None:
    cut = {"cut": honest[:-2], "twice": honest * 2, "marked": b"\xef\xbb\xbf" + honest}
    for student, data in (MALFORMED | cut).items():
        (folder / student / SVD).mkdir(parents=True)
        (folder / student / SVD / f"{SVD}.ipynb").write_bytes(data)


ATTACK = Upload(
    put=put,
    reports=(
        *(rf"submitted/{name}/.*: (not a Jupyter notebook \(|notebook format|none of the answer)"
          for name in (*MALFORMED, "cut", "twice", "marked")),
        "Open it in JupyterLab, save it and submit the .ipynb file again",
    ),
)  # fmt: skip
