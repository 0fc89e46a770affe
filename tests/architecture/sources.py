"""The files of this repository, and what they say: read as text, as trees, as documents."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "deadlines", "notification", "feedback", "statistics")
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)#:]+)\)")


@cache
def files() -> tuple[Path, ...]:
    """What git keeps, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(path for name in sorted(listed.stdout.splitlines()) if (path := ROOT / name).is_file())


def python(*folders: str) -> list[Path]:
    """The modules below some folders."""
    return [path for path in files() if path.suffix == ".py" and named(path).startswith(tuple(f"{each}/" for each in folders))]


def documents() -> list[Path]:
    """All that is written for people."""
    return [path for path in files() if path.suffix == ".md"]


def named(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """A module's tree."""
    return ast.parse(path.read_text())


def imported(path: Path) -> Iterator[str]:
    """The modules that a module imports, wherever in it."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module)):
                yield module
            case _:
                pass


def called(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The last name of whatever a module calls, with its constant keywords."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=keywords):
                yield name, {each.arg or "": each.value.value for each in keywords if isinstance(each.value, ast.Constant)}
            case _:
                pass


def quoted(text: str) -> list[str]:
    """What stands between backticks in one line."""
    return _CODE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def linked(text: str) -> list[str]:
    """Where a document points to, in this repository."""
    return _LINK.findall(text)


def readme(service: str) -> dict[str, str]:
    """The short lists at the head of a service's README, by their bold word, in order."""
    parts = re.split(r"^\*\*(\w+)\*\* ", (ROOT / "services" / service / "README.md").read_text(), flags=re.MULTILINE)
    return {word: text.split("\n\n")[0] for word, text in zip(parts[1::2], parts[2::2], strict=True)}
