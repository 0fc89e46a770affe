"""The whole demonstration, as `make demo` runs it: the report's figures come out, and a changed digit fails it."""

import subprocess
import sys
from pathlib import Path

from deploy.console.demo_register import FILE
from tests.conftest import ROOT
from tests.processes import own_parts


def shown(register: Path, state: Path) -> subprocess.CompletedProcess[str]:
    program = (
        "import asyncio, sys; from pathlib import Path; import deploy.console.demo as d; "
        f"d.FOLDER = Path({str(state)!r}); sys.exit(asyncio.run(d.demo(Path({str(register)!r}))))"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=own_parts(), capture_output=True, text=True, timeout=240, check=False
    )


def test_every_figure_comes_out_and_the_same_register_changes_nothing() -> None:
    state = ROOT / ".sir" / "test-demo"
    subprocess.run(["rm", "-rf", str(state)], check=True)
    first = shown(FILE, state)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "40 / 111" in first.stdout
    assert "108 / 111" in first.stdout
    again = shown(FILE, state)
    assert again.returncode == 0, again.stdout + again.stderr


def test_a_changed_digit_fails_it(tmp_path: Path) -> None:
    state = ROOT / ".sir" / "test-demo-changed"
    subprocess.run(["rm", "-rf", str(state)], check=True)
    lines = FILE.read_text().splitlines()
    changed = next(number for number, line in enumerate(lines) if ",T10," in line and "2014-" in line)
    lines[changed] = lines[changed].replace(",T10,", ",T11,")
    register = tmp_path / "changed.csv"
    register.write_text("\n".join(lines) + "\n")
    answer = shown(register, state)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Table 3, T10: the report's number is 2, ours is 1" in answer.stderr
