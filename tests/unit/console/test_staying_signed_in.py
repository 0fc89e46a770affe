"""A token lasts an hour and an import may not: another one is there before the first has ended."""

from collections.abc import Iterator
from itertools import count

import httpx2

from deploy.console.tokens import SECONDS, Bearer


def sent(bearer: Bearer) -> str:
    return str(next(bearer.auth_flow(httpx2.Request("GET", "http://services/"))).headers["authorization"])


def test_a_token_is_renewed_before_it_ends() -> None:
    made: Iterator[int] = count()
    now = 0.0
    bearer = Bearer(lambda: f"token-{next(made)}", lambda: now)
    last, since = sent(bearer), now
    for now in range(0, 3 * SECONDS, 60):
        if (token := sent(bearer)) != last:
            last, since = token, now
        assert now - since < SECONDS - 60, "no request goes out with a token that ends within a minute"
    assert next(made) == 6, "and none is made for each request"
