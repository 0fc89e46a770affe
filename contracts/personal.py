"""Personal values: a type that is stored sealed, opened only by who may see it, and never shown by accident."""

import json
from collections.abc import Callable
from typing import Any, Final, Generic, Protocol, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

SEALED: Final = "$sealed"
"""The only key of a sealed value's JSON object: `{"$sealed": {"field": name, "box": base64 of nonce and ciphertext}}`."""

Seal = Callable[[str, bytes], dict[str, str]]
"""(field name, clear JSON) -> what stands under `$sealed`."""


class Open(Protocol):
    """Opens what stands under `$sealed`: its clear JSON, or None when the key was destroyed."""

    def __call__(self, sealed: dict[str, str], /) -> bytes | None:
        """Open one value."""
        ...


class Personal(Generic[T]):
    """A value about a person: clear, sealed, or erased.

    Validation takes a clear value or its sealed form; with `context={"open": ...}` the sealed form is opened.
    Serialisation to JSON needs `context={"seal": ...}`; without it, it is an error rather than a leak.
    """

    __slots__ = ("_clear", "_sealed")

    def __init__(self, clear: T | None = None, *, sealed: dict[str, str] | None = None) -> None:
        self._clear = clear
        self._sealed = sealed

    @property
    def erased(self) -> bool:
        """Whether the value can never be read again."""
        return self._clear is None

    def reveal(self) -> T | None:
        """The clear value; None when it is sealed or erased."""
        return self._clear

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._clear == other._clear and self._sealed == other._sealed

    def __hash__(self) -> int:
        return hash((Personal, self._clear, json.dumps(self._sealed)))

    def __repr__(self) -> str:
        return "Personal(...)"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(get_args(source)[0] if get_args(source) else str)
        field = handler.field_name or "value"

        def validate(value: Any, clear: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> "Personal[Any]":
            if isinstance(value, Personal):
                return value
            if isinstance(value, dict) and value.keys() == {SEALED}:
                opened = info.context["open"](value[SEALED]) if info.context and "open" in info.context else None
                return cls(sealed=value[SEALED]) if opened is None else cls(clear(json.loads(opened)))
            return cls(clear(value))

        def serialize(value: "Personal[Any]", info: SerializationInfo) -> Any:
            if info.mode == "python":
                return value
            if value._clear is None:
                return {SEALED: value._sealed}
            if info.context and "seal" in info.context:
                return {SEALED: info.context["seal"](field, json.dumps(value._clear).encode())}
            msg = f"personal field {field} must be sealed"
            raise ValueError(msg)

        return core_schema.with_info_wrap_validator_function(
            validate,
            inner,
            serialization=core_schema.plain_serializer_function_ser_schema(serialize, info_arg=True),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text = {"type": "string"}
        box = {"type": "object", "required": ["field", "box"], "properties": {"field": text, "box": text}}
        return {"type": "object", "x-personal": True, "required": [SEALED], "properties": {SEALED: box}}
