"""A service's states as a picture that is made from its code, kept in its README between two marks."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PICTURE: Final = re.compile(r"```mermaid\nstateDiagram-v2\n.*?```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one state to another, by what."""

    source: str
    target: str
    by: str


def picture(moves: Iterable[Move], *, begins: Iterable[str], together: frozenset[str]) -> str:
    """A mermaid state diagram. What leads from every state of `together`, or back into several of them, is drawn once."""
    found = {move if move.source in together else _into(move, together) for move in moves}
    shared = {(move.target, move.by) for move in found if _from_all(move, found, together)}
    kept = [move for move in found if not (move.source in together and (move.target, move.by) in shared)]
    inner = [move for move in kept if move.source in together and move.target in together]
    outer = [move for move in kept if move not in inner]
    lines = [
        "stateDiagram-v2",
        *(f"    [*] --> {state}" for state in begins),
        "    state live {",
        *(f"    {line}" for line in _arrows(inner)),
        "    }",
        *_arrows([*outer, *(Move(source="live", target=target, by=by) for target, by in shared)]),
    ]
    return "\n".join(("```mermaid", *lines, "```"))


def _into(move: Move, together: frozenset[str]) -> Move:
    return Move(source=move.source, target="live", by=move.by) if move.target in together else move


def _from_all(move: Move, found: Collection[Move], together: frozenset[str]) -> bool:
    return all(Move(source=each, target=move.target, by=move.by) in found for each in together - {move.target})


def redrawn(readme: Path, drawn: str, *, check: bool) -> bool:
    """Put the picture into a README in place of the one there; whether it was another. `check` only says so."""
    before = readme.read_text(encoding="utf-8")
    after, count = _PICTURE.subn(lambda _match: drawn, before)
    if count != 1:
        raise LookupError(f"{readme} has no picture to redraw")
    if not check:
        readme.write_text(after, encoding="utf-8")
    return after != before


def _arrows(moves: Iterable[Move]) -> list[str]:
    words = defaultdict[tuple[str, str], list[str]](list)
    for move in moves:
        words[move.source, move.target].append(move.by)
    return [f"    {source} --> {target}: {', '.join(sorted(by))}" for (source, target), by in sorted(words.items())]
