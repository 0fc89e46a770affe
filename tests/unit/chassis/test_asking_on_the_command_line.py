"""Every service explains itself before it is set up, and names what its settings lack without showing what they hold."""

import runpy
import sys

import pytest

SERVICES = ("intake", "deadlines", "notification", "feedback", "statistics")
WORDS = ("serve", "rebuild", "verify", "parked", "republish")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings, and a wide terminal."""
    monkeypatch.setattr("os.environ", {"COLUMNS": "200"})


def ended(monkeypatch: pytest.MonkeyPatch, service: str, *words: str) -> int | str | None:
    """Run it; how it ended."""
    monkeypatch.setattr(sys, "argv", [service, *words])
    with pytest.raises(SystemExit) as end:
        runpy.run_module(f"services.{service}", run_name="__main__")
    return end.value.code


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("word", ["", *WORDS])
def test_help_needs_no_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], service: str, word: str
) -> None:
    assert ended(monkeypatch, service, *filter(None, [word]), "--help") == 0
    told = capsys.readouterr().out
    assert "Usage:" in told
    assert all(each in told for each in ([] if word else WORDS))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("word", WORDS)
def test_what_is_missing_is_named_and_no_value_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], service: str, word: str
) -> None:
    monkeypatch.setenv("SIR_DATABASE_URL", "postgresql://sir:planted@nowhere/sir")
    assert ended(monkeypatch, service, word) == 2
    told = capsys.readouterr()
    assert "SIR_KAFKA: " in told.err
    assert "SIR_DATABASE_URL" not in told.err
    assert "planted" not in told.out + told.err
