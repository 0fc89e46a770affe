"""A database of the service, fresh for the session; what a test does in it is rolled back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
import pytest_asyncio

from services.chassis.clock import new_id
from services.chassis.postgres import SESSION
from tests.toy.harness import PASSWORD, ROOT, SQL, migrate, on_database


@dataclass(frozen=True)
class Database:
    """Where it is, as the service's role and as the owner."""

    url: str
    owner_url: str


async def make_roles(postgres_url: str) -> None:
    """The service's role and its reader's, where they are not there yet."""
    server = await asyncpg.connect(postgres_url)
    for role, kind in (("sir_statistics", f"login password '{PASSWORD}'"), ("sir_statistics_query", "nologin")):
        if not await server.fetchval("select true from pg_roles where rolname = $1", role):
            await server.execute(f"create role {role} {kind}")
    await server.execute("grant sir_statistics_query to sir_statistics")
    await server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database(postgres_url: str) -> Database:
    """With the migrations of the mechanism and of statistics."""
    name = f"sir_statistics__{new_id().hex[-12:]}"
    await make_roles(postgres_url)
    server = await asyncpg.connect(postgres_url)
    await server.execute(f'create database "{name}"')
    await server.close()
    made = Database(url=on_database(postgres_url, name, user="sir_statistics"), owner_url=on_database(postgres_url, name))
    connection = await asyncpg.connect(made.owner_url)
    await migrate(
        connection, *sorted(SQL.glob("*.sql")), *sorted((ROOT / "services" / "statistics" / "migrations").glob("*.sql"))
    )
    await connection.close()
    return made


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """As the service's own role."""
    made = await asyncpg.connect(database.url, server_settings=SESSION)
    yield made
    await made.close()
