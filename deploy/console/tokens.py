"""Tokens of the development issuer, for a running local stack."""

import json
import warnings
from collections.abc import Callable, Generator

import httpx2
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from deploy.console.clock import now
from deploy.local.stack import ISSUER, Addresses

SECONDS = 3600


class Bearer(httpx2.Auth):
    """A token on every request, another one before it ends: an import may take longer than a token lasts."""

    def __init__(self, made: Callable[[], str], seconds: Callable[[], float] = lambda: now().timestamp()) -> None:
        self._made = made
        self._seconds = seconds
        self._token = ""
        self._until = float("-inf")

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Sign one request."""
        if self._seconds() >= self._until:
            self._token, self._until = self._made(), self._seconds() + SECONDS / 2
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


def token(stack: Addresses, role: str, council: str | None = None) -> str:
    """A token for an hour."""
    key = OKPKey.import_key(json.loads((stack.state / "issuer.key").read_text()))
    issued = int(now().timestamp())
    claims = {
        "sub": f"console-{role}",
        "role": role,
        "council": council,
        "aud": "sir",
        "iss": ISSUER,
        "iat": issued,
        "exp": issued + SECONDS,
    }
    with warnings.catch_warnings():
        # RFC 9864 renames the algorithm to Ed25519; verifiers still know it as EdDSA.
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode({"alg": "EdDSA", "kid": "development", "typ": "at+jwt"}, claims, key, algorithms=["EdDSA"])
