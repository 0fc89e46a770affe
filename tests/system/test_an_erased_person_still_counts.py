"""The keys of some cases are destroyed: what is personal cannot be read again, and no chain, count or figure changes."""

from typing import Any

import asyncpg
import httpx2

from deploy.local.stack import on_database
from services.chassis.clock import new_id
from tests.conservation import conserved, rebuilt
from tests.system.conftest import Running

FIGURES = "/v1/figures?from=2026-01-01&to=2026-12-31"


async def test_half_the_keys_are_destroyed(stack: Running, client: httpx2.AsyncClient, body: dict[str, Any]) -> None:
    intake, statistics = stack.services["intake"], stack.services["statistics"]
    body["summary"] = body["person"]["initials"] = "PLANTED"
    subjects = []
    for _ in range(4):
        said = body | {"council_reference": str(new_id())}
        subjects.append((await client.post(f"{intake}/v1/notifications", json=said, headers=stack.headers())).json()["case_id"])
    await stack.settled(client)
    before = (await client.get(statistics + FIGURES, headers=stack.headers("analyst"))).json()["figures"]
    keys = await asyncpg.connect(on_database(stack.addresses.postgres, "sir_keys"))
    await keys.execute(
        "update subject_key set wrapped = null, destroyed = clock_timestamp() where subject = any($1)", subjects[:2]
    )
    await keys.close()
    stack.kill("intake")  # what it remembers of the keys goes with it
    await stack.settled(client)
    for number, subject in enumerate(subjects):
        for path in ("", "/history"):
            answer = await client.get(f"{intake}/v1/cases/{subject}{path}", headers=stack.headers("inspector"))
            assert ("PLANTED" in answer.text, "[erased]" in answer.text) == (number > 1, number < 2), answer.text
    await conserved(stack.addresses)
    for service in stack.services:
        said_of_it = await rebuilt(stack.addresses, service)
        assert "records in" in said_of_it, said_of_it
        assert service == "intake" or "the same as before" in said_of_it, said_of_it  # intake forgets the erased person's mark
    assert (await client.get(statistics + FIGURES, headers=stack.headers("analyst"))).json()["figures"] == before
