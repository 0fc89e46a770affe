"""Text as people may send it: normalised, bounded, without characters that no one can see."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# Control characters, Unicode's line and paragraph separators, and what turns the direction of writing.
_UNSEEN: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"


@dataclass(frozen=True, slots=True)
class Line:
    """`Annotated[str, Line(n)]`: one line of at most `n` characters, trimmed, not empty."""

    most: int
    unseen: ClassVar = re.compile(rf"[\t\n\r{_UNSEEN}]")

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strip_whitespace=True, min_length=1, max_length=self.most, strict=True)
        return core_schema.no_info_after_validator_function(self._clean, text)

    def _clean(self, value: str) -> str:
        value = unicodedata.normalize("NFC", value)
        if self.unseen.search(value):
            code = "control_character"
            raise PydanticCustomError(code, "A character that cannot be seen is not allowed here.")
        return value


@dataclass(frozen=True, slots=True)
class Prose(Line):
    """`Annotated[str, Prose(n)]`: text of at most `n` characters with line breaks, not empty."""

    unseen: ClassVar = re.compile(f"[{_UNSEEN}]")
