"""What intake said, and what Government is to be told because of it. Of what was brought in afterwards: nothing."""

from collections.abc import Callable, Sequence
from functools import partial

from contracts import government, intake
from contracts.envelope import Envelope, Event, Origin
from services.chassis.hearing import Reaction
from services.notification.domain.told import Tell, TellChange

Placed = Callable[..., Tell | TellChange]
"""A command that waits for its place in the feed: `command(place=...)`."""


def reactions(envelope: Envelope, event: Event) -> Sequence[Reaction]:
    """None or one; its command is a `Placed`."""
    if envelope.origin is not Origin.LIVE:
        return []
    match event:
        case intake.NotificationReceived():
            return [_tell("tell_of_receipt", envelope, Tell)]
        case intake.NotificationAmended() | intake.NotificationCorrected():
            return [_tell("tell_of_change", envelope, partial(TellChange, told=government.NotificationAmended.name))]
        case intake.NotificationWithdrawn():
            return [_tell("tell_of_withdrawal", envelope, partial(TellChange, told=government.NotificationWithdrawn.name))]
        case _:
            return []


def _tell(rule: str, envelope: Envelope, command: Placed) -> Reaction:
    return Reaction(rule=rule, subject=envelope.subject, command=command)
