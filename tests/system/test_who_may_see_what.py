"""A council sees its own cases only; what is not yours looks like what does not exist."""

from typing import Any

import asyncpg
import httpx2
import pytest

from deploy.local.stack import on_database
from services.chassis.clock import new_id
from tests.system.conftest import ABERDEEN, GLASGOW, Running

Body = dict[str, Any]
GLASGOW_BEFORE_2019 = "S12000046"
READABLE = """
    select p.oid::regclass::text as name, p.relrowsecurity from information_schema.role_table_grants g
    join information_schema.columns c using (table_schema, table_name)
    join pg_class p on p.oid = format('%I.%I', g.table_schema, g.table_name)::regclass
    where g.grantee = $1 and g.privilege_type = 'SELECT' and c.column_name = 'council'
"""


async def test_another_councils_case_is_like_none(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=stack.headers(council=GLASGOW))
    subject = answer.json()["case_id"]
    await stack.settled(client)
    for service, url in stack.services.items():
        for path in ("", "/history"):
            foreign = await client.get(f"{url}/v1/cases/{subject}{path}", headers=stack.headers(council=ABERDEEN))
            unknown = await client.get(f"{url}/v1/cases/{new_id()}{path}", headers=stack.headers(council=ABERDEEN))
            if foreign.status_code == 403:  # this role does not read here at all
                assert unknown.status_code == 403
                continue
            assert foreign.status_code == unknown.status_code == 404, f"{service}{path}"
            assert foreign.content == unknown.content
    command = await client.post(
        f"{stack.services['intake']}/v1/cases/{subject}/withdrawal",
        json={"reason": "x"},
        headers=stack.headers(council=ABERDEEN, **{"If-Match": '"1"'}),
    )
    assert command.status_code == 404
    mine = (await client.get(f"{stack.services['intake']}/v1/cases?limit=200", headers=stack.headers(council=ABERDEEN))).json()[
        "cases"
    ]
    assert subject not in {each["case_id"] for each in mine}
    named = await client.get(f"{stack.services['intake']}/v1/cases?council={GLASGOW}", headers=stack.headers(council=ABERDEEN))
    assert named.json()["cases"] == [], "asking for another council by name gives nothing"


async def test_a_council_by_its_former_code_sees_the_same(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    now, former = stack.headers(council=GLASGOW), stack.headers(council=GLASGOW_BEFORE_2019)
    answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=former)
    subject = answer.json()["case_id"]
    await stack.settled(client)
    for service, url in stack.services.items():
        for path in ("", "/history"):
            shown, same = [await client.get(f"{url}/v1/cases/{subject}{path}", headers=each) for each in (now, former)]
            assert (shown.status_code, same.status_code) == (200, 200), f"{service}{path}"
            assert shown.json().keys() == same.json().keys(), "the instant it is known at may differ"
    clocks = await client.get(f"{stack.services['deadlines']}/v1/clocks?limit=200", headers=former)
    assert clocks.json()["clocks"], "a list too"


async def test_the_database_itself_holds_a_reader_to_one_council(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    await client.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=stack.headers(council=GLASGOW))
    await client.post(f"{stack.services['intake']}/v1/drafts", json=body, headers=stack.headers(council=GLASGOW))
    await stack.settled(client)
    for service in stack.services.keys() - {"statistics"}:  # it answers with sums of all, and its migrations say so
        connection = await asyncpg.connect(on_database(stack.addresses.postgres, f"sir_{service}"))
        try:
            tables = await connection.fetch(READABLE, f"sir_{service}_query")
            assert [row["name"] for row in tables if not row["relrowsecurity"]] == [], service
            seen = [[await _seen_by(connection, service, row["name"], each) for row in tables] for each in (GLASGOW, ABERDEEN)]
        finally:
            await connection.close()
        assert sum(seen[0]), f"the positive control: {service} has rows of the case"
        assert not sum(seen[1]), f"{service}: {tables}"


async def _seen_by(connection: asyncpg.Connection, service: str, table: str, council: str) -> int:
    """Glasgow's rows as the reader of a council sees them."""
    async with connection.transaction():
        await connection.execute(f"set local role sir_{service}_query; set local sir.council = '{council}'")
        return int(await connection.fetchval(f"select count(*) from {table} where council = $1", GLASGOW))


async def test_an_analyst_reads_no_personal_value(stack: Running, client: httpx2.AsyncClient, body: Body) -> None:
    body["summary"] = body["person"]["initials"] = "PLANTED"
    subject = (await client.post(f"{stack.services['intake']}/v1/notifications", json=body, headers=stack.headers())).json()[
        "case_id"
    ]
    url = f"{stack.services['intake']}/v1/cases/{subject}"
    for path in ("", "/history"):
        assert "PLANTED" in (await client.get(url + path, headers=stack.headers("inspector"))).text
        assert "PLANTED" not in (await client.get(url + path, headers=stack.headers("analyst"))).text


@pytest.mark.parametrize("header", ["", "Bearer x", "Basic x", "Bearer eyJhbGciOiJub25lIn0.e30."])
async def test_no_good_token_is_401_before_anything_else(stack: Running, client: httpx2.AsyncClient, header: str) -> None:
    for url in stack.services.values():
        answer = await client.get(f"{url}/v1/cases/{new_id()}", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
