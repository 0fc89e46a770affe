"""Text as people may send it: normalised, bounded, without characters that no one can see."""

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Line:
    """`Annotated[str, Line(n)]`: one line of at most `n` characters, trimmed, not empty."""

    most: int
    allowed: ClassVar[str] = ""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strip_whitespace=True, min_length=1, max_length=self.most, strict=True)
        return core_schema.no_info_after_validator_function(self._clean, text)

    def _clean(self, value: str) -> str:
        value = unicodedata.normalize("NFC", value)
        if any(
            (unicodedata.category(each) in {"Cc", "Zl", "Zp"} and each not in self.allowed) or each in _BIDI for each in value
        ):
            code = "control_character"
            raise PydanticCustomError(code, "A character that cannot be seen is not allowed here.")
        return value


@dataclass(frozen=True, slots=True)
class Prose(Line):
    """`Annotated[str, Prose(n)]`: text of at most `n` characters with line breaks, not empty."""

    allowed: ClassVar[str] = "\t\n\r"
