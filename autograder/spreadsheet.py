"""What a text needs lest a spreadsheet takes it for a formula."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")  # with which a spreadsheet begins to calculate


def harmless(text: str) -> str:
    """The text, behind an apostrophe if it begins as a formula does: the sign of a text."""
    return f"'{text}" if text.startswith(FORMULAS) else text
