"""(type, version) -> class: the only place that knows every event ever published."""

from types import ModuleType
from typing import Final

from contracts import deadlines, feedback, intake, notification
from contracts.envelope import Event


def said_by(module: ModuleType) -> dict[tuple[str, int], type[Event]]:
    """The events that one service says."""
    kinds = (
        kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Event) and hasattr(kind, "type")
    )
    return {(kind.type, kind.version): kind for kind in kinds if kind.__module__ == module.__name__}


INTAKE: Final = said_by(intake)
DEADLINES: Final = said_by(deadlines)
NOTIFICATION: Final = said_by(notification)
FEEDBACK: Final = said_by(feedback)
CATALOGUE: Final = INTAKE | DEADLINES | NOTIFICATION | FEEDBACK
