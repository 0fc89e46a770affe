"""From a token's claims to a caller."""

import json
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey
from starlette.requests import Request

from contracts.councils import current_code
from services.chassis.clock import seconds
from services.chassis.identity import Issuer


@pytest.mark.parametrize(
    ("role", "said", "council"),
    [
        ("council", "S12000049", "S12000049"),
        ("council", "S12000046", "S12000049"),
        ("council", "S12000043", "S12000049"),
        ("council", "S12000099", "S12000099"),  # nobody's: it sees nothing, and never all
        ("inspector", "S12000046", None),
        ("inspector", None, None),
    ],
)
async def test_a_caller_is_of_the_council_that_the_code_stands_for_now(
    tmp_path: Path, role: str, said: str | None, council: str | None
) -> None:
    key, keys, now = OKPKey.generate_key("Ed25519"), tmp_path / "jwks.json", int(seconds())
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    claims = {"sub": "someone", "role": role, "council": said, "aud": "sir", "iss": "us", "iat": now, "exp": now + 60}
    token = jwt.encode({"alg": "EdDSA"}, claims, key, algorithms=["EdDSA"])
    issuer = Issuer(
        jwks=str(keys),
        issuer="us",
        roles=frozenset({"council", "inspector"}),
        council_roles=frozenset({"council"}),
        council_of=current_code,
    )
    request = Request({"type": "http", "headers": [(b"authorization", f"Bearer {token}".encode())]})
    for _ in range(2):  # verified, and then remembered
        assert (await issuer.caller(request)).council == council
