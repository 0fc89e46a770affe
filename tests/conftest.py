"""Real PostgreSQL and Kafka for every test that asks: addresses from the environment, else containers, else the local stack's parts."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATE = ROOT / ".sir" / "test"
READY_SECONDS = 120


@dataclass(frozen=True)
class Parts:
    """Where the parts are."""

    postgres: str
    kafka: str


@pytest.fixture(scope="session")
def parts() -> Iterator[Parts]:
    """The parts, for the whole session."""
    postgres, kafka = os.environ.get("DATABASE_URL"), os.environ.get("KAFKA_BOOTSTRAP")
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

    with PostgresContainer("postgres:16", driver=None) as postgres, KafkaContainer("confluentinc/cp-kafka:8.0.0").with_kraft() as kafka:
        yield Parts(postgres.get_connection_url(), kafka.get_bootstrap_server())


def _local() -> Iterator[Parts]:
    shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(parents=True)
    told = STATE / "stack.json"
    told.unlink(missing_ok=True)
    with (STATE / "parts.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "deploy.local", "parts"], cwd=ROOT, stdout=log, stderr=log)
    began = time.monotonic()
    try:
        while not told.exists():
            if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
                pytest.exit("the local stack did not start:\n" + (STATE / "parts.log").read_text(), returncode=3)
            time.sleep(0.1)
        addresses = json.loads(told.read_text())
        yield Parts(addresses["postgres"], addresses["kafka"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(15)
