"""The environment that this process was given: asked here and nowhere else in `deploy`."""

import os


def given(name: str) -> str:
    """What was said; empty if nothing was."""
    return os.environ.get(name, "")


def inherited() -> dict[str, str]:
    """What a child of ours inherits: everything but a service's settings, which are each one's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SIR_")}
