"""Real PostgreSQL and Kafka for every test that asks: addresses from the environment, else containers, else the local stack's parts."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.environment import given
from tests.processes import DidNotStartError, local_stack

ROOT = Path(__file__).parents[1]
STATE = ROOT / ".sir" / "test"


@dataclass(frozen=True)
class Parts:
    """Where the parts are."""

    postgres: str
    kafka: str


@pytest.fixture(scope="session")
def parts() -> Iterator[Parts]:
    """The parts, for the whole session."""
    postgres, kafka = given("DATABASE_URL"), given("KAFKA_BOOTSTRAP")
    if postgres and kafka:
        yield Parts(postgres, kafka)
    elif _engine_answers():
        yield from _containers()
    else:
        yield from _local()


@pytest.fixture(scope="session")
def postgres_url(parts: Parts) -> str:
    """A PostgreSQL address with the right to make databases."""
    return parts.postgres


@pytest.fixture(scope="session")
def kafka_bootstrap(parts: Parts) -> str:
    """A Kafka broker's address."""
    return parts.kafka


def _engine_answers() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "info"], capture_output=True, timeout=20, check=False).returncode == 0


def _containers() -> Iterator[Parts]:
    from testcontainers.community.kafka import KafkaContainer
    from testcontainers.community.postgres import PostgresContainer

    with (
        PostgresContainer("postgres:16", driver=None) as postgres,
        KafkaContainer("confluentinc/cp-kafka:8.0.0").with_kraft() as kafka,
    ):
        yield Parts(postgres.get_connection_url(), kafka.get_bootstrap_server())


def _local() -> Iterator[Parts]:
    shutil.rmtree(STATE, ignore_errors=True)
    try:
        with local_stack("parts", STATE) as found:
            yield Parts(found.postgres, found.kafka)
    except DidNotStartError as said:
        pytest.exit(f"the local stack did not start:\n{said}", returncode=3)
