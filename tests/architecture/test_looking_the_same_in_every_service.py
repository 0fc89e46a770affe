"""Five services, one shape: the same files, the same words, and a README whose lists are the code's."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contracts.catalogue import CATALOGUE
from services.chassis.service import Definition, Service
from services.chassis.settings import Settings
from tests.architecture.sources import ROOT, SERVICES, called, files, named, python, quoted, readme

WORDS = ("Owns", "Hears", "Says", "Refuses", "Never")
FILES = (
    "__init__.py",
    "__main__.py",
    "README.md",
    "api.py",
    "app.py",
    "projections.py",
    "queries.py",
    "settings.py",
    "domain/__init__.py",
)


@pytest.fixture
def declared(tmp_path: Path) -> Callable[[str], tuple[Definition[Any], Settings]]:
    """What a service's composition root declares, and the settings that it was given."""
    (tmp_path / "secret").write_text("c2VjcmV0")
    given = {"database_url": "", "kafka": "", "jwks": "", "issuer": "", "secret_file": tmp_path / "secret"}

    def of(service: str) -> tuple[Definition[Any], Settings]:
        settings = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")(**given)
        assert isinstance(settings, Settings)
        return import_module(f"services.{service}.app").definition(settings), settings

    return of


def heard(definition: Definition[Any], settings: Settings) -> set[str] | None:
    """The events that a service hears; None for every one, of today and of tomorrow."""
    standing_in = cast("Service[Any]", SimpleNamespace(store=None, settings=settings))
    listener = definition.listener(standing_in)
    if listener.names("sir.tomorrow.something-new"):
        return None
    return {kind.__name__ for (name, _), kind in CATALOGUE.items() if listener.names(name)}


def names(text: str) -> set[str]:
    """The events that a text names."""
    return {word for word in quoted(text) if re.fullmatch(r"([A-Z][a-z]+){2,}", word)}


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_files(service: str) -> None:
    assert [name for name in FILES if not (ROOT / "services" / service / name).is_file()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_same_command_line(service: str) -> None:
    drawn = "intake" if (ROOT / "services" / service / "drawing.py").is_file() else "notification"
    shape = (ROOT / "services" / drawn / "__main__.py").read_text()
    renamed = shape.replace(drawn, service).replace(drawn.title(), service.title())
    assert (ROOT / "services" / service / "__main__.py").read_text() == renamed


@pytest.mark.parametrize("service", SERVICES)
def test_the_five_short_lists(service: str) -> None:
    assert tuple(readme(service)) == WORDS


@pytest.mark.parametrize("service", SERVICES)
def test_what_it_says(service: str, declared: Callable[[str], tuple[Definition[Any], Settings]]) -> None:
    says = {kind.__name__ for kind in declared(service)[0].says.values()}
    said, _, unsaid = readme(service)["Says"].partition("Not said yet:")
    assert names(said) | names(unsaid) == says
    assert names(unsaid) & {name for path in python(f"services/{service}") for name, _ in called(path)} == set()


@pytest.mark.parametrize("service", SERVICES)
def test_what_it_hears(service: str, declared: Callable[[str], tuple[Definition[Any], Settings]]) -> None:
    told, hears = readme(service)["Hears"], heard(*declared(service))
    assert names(told) == (hears or set())
    assert told.startswith("every event") == (hears is None)


@pytest.mark.parametrize("service", SERVICES)
def test_the_rules_by_which_it_refuses(service: str) -> None:
    judged = [
        words["rule"]
        for path in python(f"services/{service}")
        for name, words in called(path)
        if name == "Fault" and "rule" in words
    ]
    assert set(re.findall(r"R-\d\d", readme(service)["Refuses"])) == set(judged)


def test_every_migration_is_a_sentence() -> None:
    found = [path for path in files() if path.suffix == ".sql" and named(path).startswith("services/")]
    assert len(found) > len(SERVICES)
    assert [named(path) for path in found if not re.fullmatch(r"\d{14}(_[a-z]+){3,}", path.stem)] == []
