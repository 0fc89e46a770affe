"""A body within its limit may still make an event beyond its own, sealed as it is: that is refused, and nothing of it is kept."""

import asyncio
from pathlib import Path

import httpx2

from tests.toy.harness import toy

TOO_LONG = "x" * 250_000


async def test_an_event_beyond_the_limit_is_refused_and_those_beside_it_are_kept(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        large, *others = await asyncio.gather(
            made.ping(client, 2, key="large", secret=TOO_LONG), *[made.ping(client, 2, key=f"beside-{n}") for n in range(20)]
        )
        assert (large.status_code, large.headers["content-type"]) == (422, "application/problem+json")
        [fault] = large.json()["errors"]
        assert (large.json()["type"], fault["pointer"], "256 KiB" in fault["detail"]) == ("urn:sir:problem:too_large", "#", True)
        assert TOO_LONG[:10] not in large.text
        case = f"{made.base('ping')}/v1/cases/{others[0].json()['case_id']}/pings"
        later = await client.post(case, json={"number": 2, "secret": TOO_LONG}, headers=made.headers(**{"If-Match": '"1"'}))
        assert (later.status_code, later.json()["type"]) == (422, "urn:sir:problem:too_large")
        assert [other.status_code for other in others] == [201] * 20
        async with made.owner("ping") as owner:
            assert await owner.fetchval("select count(*) from event") == 20
            assert await owner.fetchval("select count(*) from stream where version > 0") == 20
            assert await owner.fetchval("select count(*) from idempotency where key = 'large'") == 0
        assert (await made.ping(client, 2, key="large", secret="short")).status_code == 201
        assert "request.failed" not in (tmp_path / "ping.log").read_text()
