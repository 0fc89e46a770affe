"""Tokens of the development issuer, for a running local stack."""

import json
import warnings

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from deploy.console.clock import now
from deploy.local.stack import ISSUER, Addresses

SECONDS = 3600


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
