"""Every role makes every call of the running services: 403 for whom the table of api.md 3 leaves out, never 403 for the others."""

import httpx2
import pytest

from services.chassis.clock import new_id
from tests.contract.who_may import EVERY, MAY
from tests.system.conftest import Running

HOLES = {"{case_id}", "{draft_id}", "{event_id}", "{name}", "{file}"}


@pytest.mark.parametrize("service", sorted({service for service, _, _ in MAY}))
async def test_a_role_is_refused_where_the_table_leaves_it_out(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    differing = []
    for (_, method, path), may in ((call, may) for call, may in MAY.items() if call[0] == service):
        url = stack.services[service] + "/".join(str(new_id()) if part in HOLES else part for part in path.split("/"))
        body: dict[str, str] | None = None if method in {"GET", "DELETE"} else {}
        nobody = (await client.request(method, url, json=body)).status_code
        if (nobody == 401) is (may is None):
            differing.append((method, path, "nobody", nobody))
        if may is None:
            continue
        for role in EVERY:
            answer = await client.request(method, url, json=body, headers=stack.headers(role))
            if (answer.status_code == 403) is (role in may) or answer.status_code in {401, 500}:
                differing.append((method, path, role, answer.status_code))
    assert differing == []
