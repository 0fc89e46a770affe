"""A stack from first to last: `async with running(state) as stack`."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from deploy.local import kafka, postgres
from deploy.local.environment import given, inherited
from deploy.local.stack import CHECKOUT, SERVICES, STATE, Addresses, StackError, choose_ports, free_ports, owner, prepare, read
from deploy.local.supervisor import Child, say


@dataclass(kw_only=True)
class Stack:
    """A running stack: its addresses and its children by name."""

    addresses: Addresses
    children: dict[str, Child] = field(default_factory=dict)
    lease: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_UNIX))

    async def kill(self, name: str) -> None:
        """Kill -9; supervision starts it again."""
        process = self.children[name].process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def stop(self, name: str) -> None:
        """Stop one part and leave it stopped."""
        await self.children[name].stop()

    async def start(self, name: str) -> None:
        """Start a part that was stopped."""
        await self.children[name].start()
        self.remember()

    async def failed(self) -> None:
        """Wait until a part cannot be kept running.

        Raises:
            StackError: which one.
        """
        async with asyncio.TaskGroup() as group:
            for child in self.children.values():
                group.create_task(child.keep(self.remember))

    def remember(self) -> None:
        """Write the process ids down."""
        self.addresses.pids = {name: child.process.pid for name, child in self.children.items() if child.process}
        self.addresses.pids["supervisor"] = os.getpid()
        self.addresses.write()


@asynccontextmanager
async def running(
    state: Path = STATE,
    *,
    services: Sequence[str] = SERVICES,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> AsyncIterator[Stack]:
    """Start a stack in order, each part when the one before is ready; stop it in reverse.

    Raises:
        StackError: it runs already, or a part does not start.
    """
    if (other := read(state)) is not None:
        msg = f"a stack is running from {state.name} already (process {other.pids['supervisor']}): " + ", ".join(
            other.services.values()
        )
        raise StackError(msg)
    prepare(state)
    stack = Stack(addresses=Addresses(state=state))
    told = _Teller(quiet=quiet)
    try:
        await _parts(stack, told)
        await _services(stack, services, environment or {}, told)
        stack.remember()
        yield stack
    finally:
        await _stop(stack)


async def _parts(stack: Stack, told: "_Teller") -> None:
    state, addresses = stack.addresses.state, stack.addresses
    port, broker, controller = free_ports(3)
    if elsewhere := given("DATABASE_URL"):
        addresses.postgres = elsewhere
    else:
        stack.children["postgres"] = await postgres.prepared(state, port)
        addresses.postgres = postgres.address(state, port)
    if elsewhere := given("KAFKA_BOOTSTRAP"):
        addresses.kafka = elsewhere
    else:
        stack.children["kafka"] = await kafka.prepared(state, broker, controller)
        addresses.kafka = f"127.0.0.1:{broker}"
    for name, child in stack.children.items():
        await child.start()
        told(name)


async def _services(stack: Stack, services: Sequence[str], environment: Mapping[str, str], told: "_Teller") -> None:
    if not services:
        return
    addresses = stack.addresses
    await postgres.databases(addresses.postgres, addresses.state, services)
    await postgres.migrate(addresses.postgres, services)
    told("migrations")
    await kafka.topics(addresses.kafka, owner(addresses.state))
    told("topics")
    ports = choose_ports(given("SIR_PORT_BASE"), stack.lease)
    addresses.services = {service: f"http://127.0.0.1:{ports[service]}" for service in services}
    for service in services:
        stack.children[service] = _service(addresses, service, environment)
    await asyncio.gather(*[stack.children[service].start() for service in services])
    told("services")


def _service(addresses: Addresses, service: str, environment: Mapping[str, str]) -> Child:
    async def ready() -> bool:
        try:
            async with httpx2.AsyncClient(timeout=2) as client:
                return (await client.get(f"{addresses.services[service]}/health/ready")).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False

    return Child(
        name=service,
        command=[sys.executable, "-m", f"services.{service}", "serve"],
        environment={**inherited(), "TZ": "UTC", "PYTHONUNBUFFERED": "1", **addresses.environment(service), **environment},
        log=addresses.state / "logs" / f"{service}.log",
        ready=ready,
        cwd=CHECKOUT,
    )


async def _stop(stack: Stack) -> None:
    """The services first, then both of what they stand on."""
    for of_services in (True, False):
        await asyncio.gather(*[child.stop() for name, child in stack.children.items() if (name in SERVICES) is of_services])
    stack.lease.close()
    stack.addresses.file.unlink(missing_ok=True)


class _Teller:
    """Says what is ready and how long it took."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._since = time.monotonic()

    def __call__(self, name: str) -> None:
        now = time.monotonic()
        if not self._quiet:
            say(f"  {name:<12} {now - self._since:5.1f} s")
        self._since = now
