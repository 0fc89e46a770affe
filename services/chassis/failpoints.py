"""Named places at which a fault can be staged (`SIR_FAILPOINT=name:action[:nth]`); development only, otherwise nothing."""

import os
import signal
import time
from typing import Final

NAMES: Final = frozenset(
    {
        "append.before_begin",
        "append.before_write",
        "append.before_commit",
        "append.after_commit",
        "relay.before_send",
        "relay.after_send",
        "relay.before_delete",
        "relay.after_delete",
        "consumer.before_begin",
        "consumer.before_commit",
        "consumer.after_commit",
        "feed.before_send",
        "feed.after_send",
        "feed.after_mark",
        "courier.after_send",
        "rebuild.half_way",
        "rebuild.before_swap",
        "ticker.before_commit",
        "ticker.after_commit",
    }
)
"""Every name has a scenario in the tests; tests/unit/chassis/test_staging_faults.py holds the two together."""


class StagedFaultError(Exception):
    """Raised by a failpoint whose action is `raise`."""


class _Armed:
    name: str | None = None
    action: str = ""
    left: int = 0


def arm(spec: str | None) -> None:
    """Arm one failpoint: `name:kill`, `name:raise`, `name:sleep=<seconds>`, each optionally with `:nth` passage."""
    if spec is None:
        _Armed.name = None
        return
    name, action, *nth = spec.split(":")
    if name not in NAMES:
        msg = f"no failpoint is named {name}"
        raise ValueError(msg)
    _Armed.name, _Armed.action, _Armed.left = name, action, int(nth[0]) if nth else 1


def failpoint(name: str) -> None:
    """Pass a named place; the armed one bites at its nth passage, once."""
    if _Armed.name != name:
        return
    _Armed.left -= 1
    if _Armed.left:
        return
    _Armed.name = None
    if _Armed.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if _Armed.action.startswith("sleep="):
        time.sleep(float(_Armed.action.removeprefix("sleep=")))
        return
    raise StagedFaultError(name)
