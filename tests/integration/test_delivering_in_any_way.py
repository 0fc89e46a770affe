"""Lost, doubled, late, interleaved in any way, rolled back, repaired: what was taken in is always a fresh fold's prefix, and it drains."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.processes import held
from tests.toy.bench import bench_on
from tests.toy.delivery import machine

# Every step is a transaction: to shrink a failure would take minutes, and thirty steps can be read.
ENOUGH = settings(
    max_examples=25, stateful_step_count=30, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def test_it_always_drains_to_the_same(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner, held(runner, bench_on(postgres_url, kafka_bootstrap, tmp_path)) as bench:
        run_state_machine_as_test(machine(runner, bench), settings=ENOUGH)
