"""Who asks: a token of our issuer, for us, now, in a role that we know. Whatever else is brought is 401, and never a fault."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from deploy.local.stack import ISSUER
from services.chassis.clock import seconds
from tests.system.conftest import GLASGOW, Running
from tests.system.test_every_answer_is_as_promised import SERVICES, problem

HOUR: Final = 3600
Claims = dict[str, Any]


def issuer(stack: Running) -> OKPKey:
    return OKPKey.import_key(json.loads((stack.state / "issuer.key").read_text()))


def claims(**more: Any) -> Claims:
    now = int(seconds())
    said = {"sub": "someone", "role": "inspector", "aud": "sir", "iss": ISSUER, "iat": now, "exp": now + HOUR} | more
    return {name: value for name, value in said.items() if value is not ...}


def signed(key: OKPKey, said: Claims, header: Mapping[str, Any] | None = None) -> str:
    named = {"alg": "EdDSA", "kid": "development", "typ": "JWT"} | dict(header or {})
    return jwt.encode({name: value for name, value in named.items() if value is not ...}, said, key, algorithms=["EdDSA"])


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(stack: Running) -> dict[str, str]:
    """Tokens that our issuer did not make, or that are none."""
    public = json.loads((stack.state / "jwks.json").read_text())["keys"][0]
    bare = f"{part({'alg': 'HS256', 'kid': 'development'})}.{part(claims())}"
    secret = base64.urlsafe_b64decode(public["x"] + "=")
    good = signed(issuer(stack), claims())
    head, body, signature = good.split(".")
    return {
        "unsigned": f"{part({'alg': 'none'})}.{part(claims())}.",
        "signed with the public key": f"{bare}.{part(hmac.digest(secret, bare.encode(), hashlib.sha256))}",
        "another's key": signed(OKPKey.generate_key("Ed25519"), claims()),
        "another's key, named": signed(OKPKey.generate_key("Ed25519"), claims(), {"kid": "another"}),
        "other claims": f"{head}.{part(claims(role='administrator'))}.{signature}",
        "cut short": good[:-5],
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "four parts": f"{good}.x",
        "not base64": "%%%.%%%.%%%",
        "not JSON": f"{part(b'x')}.{body}.{signature}",
        "a list": f"{part([])}.{body}.{signature}",
        "a text": f"{part('alg')}.{body}.{signature}",
        "a strange algorithm": f"{part({'alg': []})}.{body}.{signature}",
        "deep": f"{part(b'[' * 5000)}.{body}.{signature}",
        "deeper": part(b'{"alg":' * 700) + f".{body}.{signature}",
        "many digits": f"{part(b'1' * 5000)}.{body}.{signature}",
        "not UTF-8": f"{part(bytes([255]))}.{body}.{signature}",
        "long": "x" * 9000,
        "a space": f"{good} {good}",
    }


def ours_and_wrong(stack: Running) -> dict[str, str]:
    """Tokens of our issuer's key that say something wrong."""
    now, key = int(seconds()), issuer(stack)
    wrong: dict[str, Claims] = {
        "ended": {"iat": now - 2 * HOUR, "exp": now - HOUR}, "no end": {"exp": ...}, "an end in words": {"exp": str(now + HOUR)},
        "an endless end": {"exp": 10**30}, "a fractional end": {"exp": now + 0.5}, "lasts for days": {"exp": now + 48 * HOUR},
        "not yet": {"nbf": now + HOUR}, "of the future": {"iat": now + HOUR, "exp": now + 2 * HOUR}, "no beginning": {"iat": ...},
        "for others": {"aud": "other"}, "for us and others": {"aud": ["sir", "other"]}, "for nobody": {"aud": ...},
        "by others": {"iss": "other"}, "by nobody": {"iss": ...}, "of nobody": {"sub": ...}, "of an empty name": {"sub": ""},
        "of a number": {"sub": 7}, "of a name with a NUL": {"sub": "a\0b"}, "of an endless name": {"sub": "x" * 2000},
    }  # fmt: skip
    headers: dict[str, dict[str, Any]] = {
        "brings its key": {"jwk": key.as_dict(private=False)}, "says where its key is": {"jku": "https://example.org/"},
        "an identity": {"typ": "id+jwt"},
    }  # fmt: skip
    return {name: signed(key, claims(**said)) for name, said in wrong.items()} | {
        name: signed(key, claims(), header) for name, header in headers.items()
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_a_bad_token_is_401(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    url = f"{stack.services[service]}/v1/status"
    tokens = forged(stack) | ours_and_wrong(stack)
    answers = {name: await client.get(url, headers={"Authorization": f"Bearer {token}"}) for name, token in tokens.items()}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 401} == {}
    for answer in answers.values():
        problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for header in ("", "Bearer", "Basic eDp4", f"bearer{signed(issuer(stack), claims())}"):
        problem(await client.get(url, headers={"Authorization": header}), 401)
    good = await client.get(url, headers={"Authorization": f"bearer {signed(issuer(stack), claims(), {'typ': 'at+jwt'})}"})
    assert good.status_code == 200, "the scheme's letters may be small, and the type that of an access token"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_good_token_without_a_role_or_a_council_is_403(stack: Running, client: httpx2.AsyncClient, service: str) -> None:
    url, key = f"{stack.services[service]}/v1/status", issuer(stack)
    for said in (
        {"role": ...},
        {"role": "king"},
        {"role": ["inspector"]},
        {"role": "council"},
        {"role": "council", "council": "a\0b"},
    ):
        problem(await client.get(url, headers={"Authorization": f"Bearer {signed(key, claims(**said))}"}), 403)
    council = signed(key, claims(role="council", council=GLASGOW))
    assert (await client.get(url, headers={"Authorization": f"Bearer {council}"})).status_code == 200
