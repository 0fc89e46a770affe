"""What OpenAPI says of commands and queries: who may, the body with an example, the headers, the answers."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

LONGEST_KEY: Final = 255
JSON: Final[dict[str, Any]] = {"application/json": {"schema": {"type": "object"}}}
_TAG: Final = {"ETag": {"description": "the new version, for the next If-Match", "schema": {"type": "string"}}}
DONE: Final[dict[str, Any]] = {"description": "Done", "headers": _TAG, "content": JSON}
TRIED: Final[dict[str, Any]] = {"description": "What would be answered (X-Dry-Run)", "content": JSON}


def example(**said: Any) -> ConfigDict:
    """A body's configuration with an example of it, for OpenAPI and for who reads it."""
    return ConfigDict(json_schema_extra={"examples": [said]})


def subject_in(path: str) -> dict[str, Any]:
    """For OpenAPI: the case in the path, if there is one."""
    case = {"name": "case_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {"parameters": [case]} if "{case_id}" in path else {}


def access(roles: Iterable[str] | None) -> dict[str, Any]:
    """For OpenAPI: a token is needed, of one of these roles; of any, if none are named."""
    return {"security": [{"bearer": []}]} | ({} if roles is None else {"x-roles": sorted(roles)})


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """For OpenAPI: the body, which may be left out where there is nothing to say in it."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": bool(model.model_fields), "content": {"application/json": {"schema": schema}}}}


def described(path: str, body: type[BaseModel], roles: frozenset[str]) -> dict[str, Any]:
    """For OpenAPI: a command, with its headers."""
    text = {"in": "header", "required": True, "schema": {"type": "string", "maxLength": LONGEST_KEY}}
    tried = {"in": "header", "required": False, "schema": {"type": "string", "enum": ["true", "false"]}}
    version = [{"name": "If-Match", "description": "the ETag that you read"} | text] if "{case_id}" in path else []
    once = {"name": "Idempotency-Key", "description": "a new one for each thing that you do"} | text
    dry_run = {"name": "X-Dry-Run", "description": "judge it, answer 200, keep nothing"} | tried
    return access(roles) | body_of(body) | {"parameters": [*subject_in(path).get("parameters", ()), once, *version, dry_run]}
