"""No I/O in a unit test: a socket to another process cannot be opened."""

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)  # the event loop wakes itself through one
    yield
    enable_socket()
