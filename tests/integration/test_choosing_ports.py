"""Two stacks may start at the same moment on one machine: the usual ports go to one of them, and the other says others."""

import socket

import pytest

from deploy.local import stack
from deploy.local.stack import SERVICES, StackError, choose_ports, free_ports


@pytest.fixture(autouse=True)
def _usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Usual ports that nobody on this machine uses."""
    found = next(first for first in iter(lambda: free_ports(1)[0], 0) if all(stack.is_free(first + n) for n in range(20)))
    monkeypatch.setattr(stack, "FIRST_PORT", found)


def test_one_of_two_that_start_at_once_has_the_usual_ports() -> None:
    usual = {service: stack.FIRST_PORT + number for number, service in enumerate(SERVICES)}
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
        first, second = choose_ports("", one), choose_ports("", two)  # neither listens yet
        assert first == usual
        assert not set(first.values()) & set(second.values())
    with socket.socket(socket.AF_UNIX) as later:
        assert choose_ports("", later) == usual, "they are given back"


def test_a_port_that_was_asked_for_and_is_taken_is_named() -> None:
    with socket.socket(socket.AF_UNIX) as lease, socket.socket() as other:
        other.bind(("127.0.0.1", stack.FIRST_PORT + 2))
        other.listen()
        with pytest.raises(StackError, match=f"somebody listens on {stack.FIRST_PORT + 2} already"):
            choose_ports(str(stack.FIRST_PORT), lease)
        assert choose_ports(str(stack.FIRST_PORT + 10), lease)["intake"] == stack.FIRST_PORT + 11
