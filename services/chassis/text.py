"""Text as people may send it: normalised, bounded, without characters that no one can see."""

import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_LINE_BREAKS = "\t\n\r"
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _clean(allowed: str) -> Any:
    def check(value: str) -> str:
        value = unicodedata.normalize("NFC", value)
        for character in value:
            if (unicodedata.category(character) in {"Cc", "Zl", "Zp"} and character not in allowed) or character in _BIDI:
                code = "control_character"
                raise PydanticCustomError(code, "A character that cannot be seen is not allowed here.")
        return value

    return AfterValidator(check)


def line(most: int) -> Any:
    """One line of at most `most` characters, trimmed, not empty."""
    return Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=most), _clean("")]


def prose(most: int) -> Any:
    """Text of at most `most` characters with line breaks, not empty."""
    return Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=most), _clean(_LINE_BREAKS)]
