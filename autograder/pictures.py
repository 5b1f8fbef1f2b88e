"""Pictures in the course's notebooks, for those who see them and those who do not."""

from __future__ import annotations

from typing import Any


def show(alternative: str) -> None:
    """Show the current figure and close it.

    Parameters
    ----------
    alternative
        A sentence or two that say what the picture shows. They stand where a picture cannot: for
        screen readers, in plain text, and as the image's alternative text on pages.
    """
    import matplotlib.pyplot as plt  # with the first picture, not with the first import
    from IPython.core.getipython import get_ipython
    from IPython.display import display

    shell: Any = get_ipython()
    data, metadata = shell.display_formatter.format(plt.gcf()) if shell else ({}, {})
    if "image/png" not in data:  # not in a notebook
        plt.show()
        return
    data["text/plain"] = alternative
    metadata.setdefault("image/png", {})["alt"] = alternative
    display(data, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
    plt.close()
