"""Where a stack keeps its state and under which addresses its parts stand: `stack.json`, and the environment of each service."""

import base64
import json
import os
import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from joserfc.jwk import KeySet, OKPKey

SERVICES: Final = ("intake", "deadlines", "notification", "feedback", "statistics")
CHECKOUT: Final = Path(__file__).parents[2]
STATE: Final = CHECKOUT / ".sir"
CACHE: Final = STATE / "cache"
ISSUER: Final = "sir-development"
FIRST_PORT: Final = 8001
OF_ITS_OWN: Final = (
    "Two stacks cannot share a server: give this one another in DATABASE_URL and KAFKA_BOOTSTRAP, or none, and it brings its "
    "own; or remove the other's databases and topics, which begin with sir."
)


class StackError(Exception):
    """The stack cannot do that; the message says what to do."""


@dataclass(kw_only=True)
class Addresses:
    """What a running stack is made of; `owner` is a PostgreSQL address with the right to make databases."""

    state: Path
    postgres: str = ""
    kafka: str = ""
    services: dict[str, str] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """`stack.json` of this state folder."""
        return self.state / "stack.json"

    def write(self) -> None:
        """Say where everything is; complete or not at all."""
        told = {"services": self.services, "kafka": self.kafka, "postgres": self.postgres, "pids": self.pids}
        draft = self.file.with_suffix(".new")
        draft.write_text(json.dumps(told, indent=2) + "\n")
        draft.replace(self.file)

    def environment(self, service: str) -> dict[str, str]:
        """What a service's process is told."""
        password = secret(self.state, "roles.password")
        return {
            "SIR_ENVIRONMENT": "development",
            "SIR_HOST": "127.0.0.1",
            "SIR_PORT": self.services[service].rpartition(":")[2] if service in self.services else "0",
            "SIR_DATABASE_URL": on_database(self.postgres, f"sir_{service}", login=f"sir_{service}:{password}"),
            "SIR_OWNER_URL": on_database(self.postgres, f"sir_{service}"),
            "SIR_KEYS_URL": on_database(self.postgres, "sir_keys", login=f"sir_{service}:{password}"),
            "SIR_KAFKA": self.kafka,
            "SIR_JWKS": str(self.state / "jwks.json"),
            "SIR_ISSUER": ISSUER,
            "SIR_KEK_FILE": str(self.state / "kek"),
            "SIR_SECRET_FILE": str(self.state / "secret"),
        }


def read(state: Path) -> Addresses | None:
    """The stack that is running from a state folder; None if none is."""
    try:
        told = json.loads((state / "stack.json").read_text())
        os.kill(told["pids"]["supervisor"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return Addresses(state=state, postgres=told["postgres"], kafka=told["kafka"], services=told["services"], pids=told["pids"])


def prepare(state: Path) -> None:
    """Make what a stack keeps: the development issuer's keys, the wrapping key, the secret."""
    state.mkdir(parents=True, exist_ok=True)
    (state / "logs").mkdir(exist_ok=True)
    if not (state / "issuer.key").exists():
        key = OKPKey.generate_key("Ed25519", {"kid": "development", "use": "sig"})
        _private(state / "jwks.json", json.dumps(KeySet([key]).as_dict(private=False)))
        _private(state / "issuer.key", json.dumps(key.as_dict(private=True)))
    for name in ("kek", "secret"):
        if not (state / name).exists():
            _private(state / name, base64.b64encode(secrets.token_bytes(32)).decode())


def secret(state: Path, name: str) -> str:
    """A password of this stack, made when first asked for."""
    path = state / name
    if not path.exists():
        _private(path, secrets.token_hex(16))
    return path.read_text()


def owner(state: Path) -> str:
    """What this stack's databases and topics are marked with: made once, so that the next run knows them again."""
    return f"sir.stack.{secret(state, 'owner')[:12]}"


def _private(path: Path, content: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)


def on_database(url: str, name: str, *, login: str | None = None) -> str:
    """The same PostgreSQL server, another database, and another login if one is given."""
    head, _, place = url.partition("://")
    who, at, where = place.rpartition("@")
    host, _, rest = where.partition("/")
    options = rest.partition("?")[2]
    return f"{head}://{login or who}{at if not login else '@'}{host}/{name}" + (f"?{options}" if options else "")


def choose_ports(base: str, lease: socket.socket) -> dict[str, int]:
    """A port for each service: those after `base` if it is given, else 8001 to 8005 if they are free, else free ones.

    `lease` stays open as long as the ports are used: two stacks that start at once must not both find the usual ones free.

    Raises:
        StackError: a port that was asked for is taken.
    """
    if base:
        asked = {service: int(base) + number for number, service in enumerate(SERVICES, start=1)}
        if taken := [str(port) for port in asked.values() if not is_free(port)]:
            raise StackError(f"SIR_PORT_BASE={base}: somebody listens on {', '.join(taken)} already")
        return asked
    usual = {service: FIRST_PORT + number for number, service in enumerate(SERVICES)}
    if _first(lease) and all(map(is_free, usual.values())):
        return usual
    return dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))


def _first(lease: socket.socket) -> bool:
    """Whether no other stack of this machine has the usual ports: a name without a file, gone with the process that holds it."""
    try:
        lease.bind(f"\0sir.{FIRST_PORT}")
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
