"""What is written of the code is so: files and tests that documents name, reasons of exemptions, broad excepts, targets of make."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts import topics
from tests.architecture.sources import ROOT, documents, files, linked, named, python, quoted, tree

TESTS = {
    node.name
    for path in python("tests")
    for node in ast.walk(tree(path))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
}
OURS = python("services", "contracts", "deploy")
PATH = re.compile(r"(?![./])(?:[\w.-]+/)+[\w.-]*|\w+\.(?:py|md|toml)")
# Of one machine, or of where its packages come from: a clone has neither.
FOREIGN = re.compile(  # a class of one letter where the word would otherwise stand here itself: this file is held to it too
    r"/(?:work|home|root|tmp)/|uv[.]lock|pypi[.]org|pythonhoste[d]|npmj[s]|maven[.]|artifactor[y]|docker[.]io|ghcr[.]io|quay[.]io|golang[.]org"
)
MAY = {"docker-compose.yml"}
"""It names folders inside a container."""


def missing(document: Path) -> Iterator[str]:
    """What a document names and nobody finds: beside it, in the chassis, in a service (they all have the same files)."""
    near = (ROOT, document.parent, document.parent / "domain", ROOT / "services" / "chassis", ROOT / "services" / "deadlines")
    text = document.read_text()
    for word in (*linked(text), *quoted(text)):
        if word.startswith("test_"):
            if word not in TESTS:
                yield word
        elif PATH.fullmatch(word) and not any((folder / word).exists() for folder in near):
            yield word


@pytest.mark.parametrize("document", documents(), ids=named)
def test_what_a_document_names_is_there(document: Path) -> None:
    assert list(missing(document)) == []


def is_broad(node: ast.AST) -> bool:
    """Whether it catches whatever comes."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    caught = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)} if node.type else {"Exception"}
    return bool({"Exception", "BaseException"} & caught)


def test_a_broad_except_stands_where_the_architecture_says() -> None:
    (said,) = re.findall(
        r"## Where a broad `except` stands.*?\n\n(.*?)\n(?:\n|\Z)", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL
    )
    found = {named(path) for path in OURS if any(map(is_broad, ast.walk(tree(path))))}
    assert found == {f"services/chassis/{name}" for name in quoted(said)}


def exemptions(text: str) -> Iterator[str]:
    """The lines of pyproject.toml that let something pass."""
    for inner in re.findall(r'^(?:ignore|ignore_imports|filterwarnings|"[^"]+") = \[\n(.*?)^\]', text, re.DOTALL | re.MULTILINE):
        yield from (line for line in inner.splitlines() if line.strip() != '"error",')
    yield from re.findall(r'^(?:"[^"]+" = \[".*|ignore_imports = \[".*|ignore_missing.*|allow_indirect.*)$', text, re.MULTILINE)


def test_every_exemption_has_its_reason() -> None:
    found = list(exemptions((ROOT / "pyproject.toml").read_text()))
    assert len(found) > 30
    assert [line for line in found if not re.search(r"\S.* # \S", line)] == []


@pytest.mark.parametrize("path", OURS, ids=named)
def test_an_exemption_in_the_code_has_its_reason(path: Path) -> None:
    exempt = re.compile(r"# (noqa|type: ignore)")
    reasoned = re.compile(r"# noqa: [A-Z0-9, ]+ - \w|# type: ignore\[[\w-]+\]  # \w")
    lines = path.read_text().splitlines()
    assert [line.strip() for line in lines if exempt.search(line) and not reasoned.search(line)] == []


def test_every_target_of_make_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    helped = re.findall(r"^([a-z]+):.* ## \w", text, re.MULTILINE)
    assert sorted(phony.split()) == sorted(re.findall(r"^([a-z]+):", text, re.MULTILINE)) == sorted(helped)


@pytest.mark.parametrize("document", documents(), ids=named)
def test_a_target_that_a_document_names_is_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = document.read_text()
    named_there = re.findall(r"(?:^|`|\$\()make (?:-s )?([a-z]+)", text, re.MULTILINE)
    assert set(named_there) <= targets


def test_the_topics_are_declared_once() -> None:
    declared = tomllib.loads((ROOT / "deploy" / "topics.toml").read_text())
    assert set(declared) == {topics.CASE_EVENTS, topics.GOVERNMENT}
    made = re.findall(r"^topic (\S+) (\d+)((?: --config \S+)*)$", (ROOT / "deploy/compose/topics.sh").read_text(), re.MULTILINE)
    in_containers = {
        name: {"partitions": int(count), "config": dict(each.split("=") for each in config.split(" --config ")[1:])}
        for name, count, config in made
        if name != "sir.stack.containers"  # whose stack it is: a mark and no channel
    }
    assert in_containers == declared


def test_nothing_is_of_one_machine() -> None:
    texts = {named(path): path.read_text(errors="replace") for path in files() if named(path) not in MAY}
    assert {name: FOREIGN.findall(text) for name, text in texts.items() if FOREIGN.search(text)} == {}
