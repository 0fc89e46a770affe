"""The toy's published language: ping says numbers, pong echoes them."""

from typing import ClassVar

from contracts.envelope import Event
from contracts.personal import Personal


class Pinged(Event):
    """A number, with a secret beside it."""

    type: ClassVar[str] = "sir.ping.pinged"

    number: int
    secret: Personal[str] | None = None


class Ponged(Event):
    """A number heard."""

    type: ClassVar[str] = "sir.pong.ponged"

    number: int


PING = {(Pinged.type, 1): Pinged}
PONG = {(Ponged.type, 1): Ponged}
