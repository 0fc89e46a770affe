"""Each service answers its own description, its pages and its health without a token."""

import httpx2

from tests.system.conftest import Running


async def test_openapi(stack: Running, client: httpx2.AsyncClient) -> None:
    for url in stack.services.values():
        for path in ("/openapi.json", "/docs", "/version", "/health/ready"):
            assert (await client.get(url + path)).status_code == 200, url + path
