"""What is pure imports the standard library and the published language; the chassis stays small and says no word of the domain."""

import ast
import re
import sys
from pathlib import Path

import pytest

from contracts.codes import Role
from tests.architecture.sources import ROOT, SERVICES, files, imported, named, python, tree

DECIDING = [path for service in SERVICES for path in python(f"services/{service}/domain")]
PURE = DECIDING + [
    path
    for path in python("services", "deploy", "contracts")
    if path.name in {"reactions.py", "projections.py", "upcasters.py"} or "Pure." in (ast.get_docstring(tree(path)) or "")
]
MACHINE = {"asyncio", "asyncpg", "aiokafka", "fastapi", "httpx2", "os", "secrets", "socket", "subprocess", "threading", "time"} | {
    "services.chassis.clock", "services.chassis.keys", "services.chassis.service",
}  # fmt: skip
CHASSIS = python("services/chassis")
LARGEST = 345
"""Lines of a file of the chassis: past that, something has a name of its own."""

NOT_NAMES = {"common", "shared", "core", "utils", "util", "helpers", "lib", "manager", "base"}
# The envelope's own words are the chassis' too: a case is its subject, a council whose case it is, a policy and a calendar
# what was decided by. An operator is PostgreSQL's and Python's word as well.
NOUNS = {*SERVICES, *map(str, Role), "incident", "triage", "sog", "mappa", "offence", "sentence", "licence", "narrative"} | {
    "review", "letter", "inspectorate", "prison", "withdrawal", "transfer", "dispute", "reminder", "clock_started",
}  # fmt: skip
NOUNS -= {"council", "operator"}


def outside(path: Path, *allowed: str) -> set[str]:
    """The packages that a module imports beside the standard library and what is allowed."""
    return {
        name
        for name in imported(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not f"{name}.".startswith(tuple(f"{each}." for each in allowed))
    }


@pytest.mark.parametrize("path", DECIDING, ids=named)
def test_a_decision_knows_the_language_and_its_own_service(path: Path) -> None:
    assert outside(path, "contracts", ".".join(path.relative_to(ROOT).parts[:3])) == set()


@pytest.mark.parametrize("path", python("contracts"), ids=named)
def test_the_language_is_pydantic_and_the_standard_library(path: Path) -> None:
    made = {"holidays"} if named(path) == "contracts/calendars/make.py" else set()  # what the committed calendars come from
    assert outside(path, "contracts", "pydantic", "pydantic_core", *made) == set()


@pytest.mark.parametrize("path", PURE, ids=named)
def test_what_is_pure_waits_for_nothing_and_asks_no_machine(path: Path) -> None:
    waiting = (ast.AsyncFunctionDef, ast.Await, ast.AsyncWith, ast.AsyncFor)
    assert [node.lineno for node in ast.walk(tree(path)) if isinstance(node, waiting)] == []
    assert MACHINE & {*imported(path)} == set()


@pytest.mark.parametrize("path", CHASSIS, ids=named)
def test_a_file_of_the_chassis_is_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LARGEST


# The key database is the one that services share: its grants name them.
@pytest.mark.parametrize(
    "path", [path for path in files() if re.match(r"services/chassis/(?!sql/keys/)", named(path))], ids=named
)
def test_the_chassis_says_no_word_of_the_domain(path: Path) -> None:
    words = re.findall(r"[a-z]+(?:_[a-z]+)*", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", path.read_text()).lower())
    assert NOUNS & {form for word in words for form in (word, word.removesuffix("s"), *word.split("_"))} == set()


def test_nothing_is_named_for_its_kind() -> None:
    assert [named(path) for path in files() if NOT_NAMES & {*path.relative_to(ROOT).with_suffix("").parts}] == []
