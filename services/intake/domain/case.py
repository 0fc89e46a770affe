"""Every command of this service and what follows from it: the one place where a state meets a command."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, assert_never

from contracts.envelope import Decision
from services.intake.domain import path
from services.intake.domain.around import Around
from services.intake.domain.erasure import Erase, Hold, LiftHold, erase, hold, lift_hold
from services.intake.domain.mappa import DecideSog, NotifySog, decide_sog, notify_sog
from services.intake.domain.notification import (
    Change,
    Consider,
    Receive,
    Reclassify,
    Withdraw,
    change,
    consider,
    receive,
    reclassify,
    withdraw,
)
from services.intake.domain.path import permitted
from services.intake.domain.plan import Record, record
from services.intake.domain.reply import Respond, Supply, respond, supply
from services.intake.domain.review import Submit, TakeBack, submit, take_back
from services.intake.domain.state import Case, State
from services.intake.domain.transfer import Transfer, transfer

OnNotification = Change | Withdraw | Reclassify | NotifySog | DecideSog
Afterwards = Submit | TakeBack | Supply | Respond | Record | Transfer | Hold | LiftHold | Erase
OnCase = OnNotification | Afterwards
Command = Receive | Consider | OnCase

ACTIONS: Final[Mapping[type[Any], str]] = MappingProxyType(
    {
        Receive: path.NOTIFY,
        Consider: path.CONSIDER,
        Withdraw: path.WITHDRAW,
        Reclassify: path.RECLASSIFY,
        NotifySog: path.NOTIFY_SOG,
        DecideSog: path.DECIDE_SOG,
        Submit: path.REVIEW,
        TakeBack: path.WITHDRAW_REVIEW,
        Supply: path.SUPPLY,
        Respond: path.ANSWER,
        Record: path.PLAN,
        Transfer: path.TRANSFER,
        Hold: path.HOLD,
        LiftHold: path.LIFT_HOLD,
        Erase: path.ERASE,
    }
)

_ALONE: Final = Around()


def action_of(command: Command) -> str:
    """The name under which a command is permitted, which is also the end of its address."""
    if isinstance(command, Change):
        return path.CORRECT if command.correction else path.AMEND
    return ACTIONS[type(command)]


def decide(state: State, command: Command, at: datetime) -> Decision:
    """What follows from a command at an instant, or why not."""
    around = _ALONE if isinstance(command, Receive | Consider) else command.around
    if (refusal := permitted(state, action_of(command), around)) is not None:
        return refusal
    match command:
        case Receive():
            return receive(command, at)
        case Consider():
            return consider(command, at)
        case _ if isinstance(state, Case):
            return _on_a_case(state, command, at)
        case _:
            raise AssertionError("permitted lets no other through")


def _on_a_case(case: Case, command: OnCase, at: datetime) -> Decision:
    match command:
        case Change():
            return change(case, command, at)
        case Withdraw():
            return withdraw(case, command, at)
        case Reclassify():
            return reclassify(case, command, at)
        case NotifySog():
            return notify_sog(case, command, at)
        case DecideSog():
            return decide_sog(case, command, at)
        case _:
            return _afterwards(case, command, at)


def _afterwards(case: Case, command: Afterwards, at: datetime) -> Decision:
    match command:
        case Submit():
            return submit(case, command, at)
        case TakeBack():
            return take_back(case, command, at)
        case Supply():
            return supply(case, command, at)
        case Respond():
            return respond(case, command, at)
        case Record():
            return record(case, command, at)
        case Transfer():
            return transfer(case, command, at)
        case Hold():
            return hold(case, command, at)
        case LiftHold():
            return lift_hold(case, command, at)
        case Erase():
            return erase(case, command, at)
        case _:
            assert_never(command)
