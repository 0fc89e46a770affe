"""Who is asking: bearer tokens (JWT) verified against a key set from a file or a URL, remembered until they end."""

import asyncio
import urllib.request
import warnings
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request

from services.chassis.clock import seconds
from services.chassis.problems import ProblemError

# Tokens say EdDSA, as every issuer of today does; the name's successor (RFC 9864) is not yet what they send.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=UserWarning)

AUDIENCE: Final = "sir"
ALGORITHMS: Final = ["EdDSA", "RS256"]
LEEWAY: Final = 30
LONGEST_NAME: Final = 255
_LONGEST: Final = 24 * 3600
_REMEMBERED: Final = 4096
_REFRESH: Final = 60.0
_FORBIDDEN_HEADERS: Final = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
_TOKEN_LIMIT: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: an opaque id, one role, and the council of a council's own people."""

    actor: str
    role: str
    council: str | None


class Issuer:
    """Verifies tokens of one issuer."""

    def __init__(
        self, *, jwks: str, issuer: str, roles: frozenset[str], council_roles: frozenset[str], council_of: Callable[[str], str]
    ) -> None:
        self._jwks = jwks
        self._issuer = issuer
        self._roles = roles
        self._council_roles = council_roles
        self._council_of = council_of
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    async def caller(self, request: Request, roles: Collection[str] | None = None) -> Caller:
        """The caller of a request, in one of the roles that are allowed (any, if none are named).

        Raises:
            ProblemError: 401 without a good token; 400 with two; 503 when the keys cannot be read; 403 in another role.
        """
        caller = await self._caller(request)
        if roles is not None and caller.role not in roles:
            raise ProblemError(403, "role_not_allowed", "Your role does not allow this.")
        return caller

    async def _caller(self, request: Request) -> Caller:
        given = request.headers.getlist("authorization")
        if len(given) > 1:
            raise ProblemError(400, "repeated_header", "Send one Authorization header.")
        scheme, _, token = given[0].partition(" ") if given else ("", "", "")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorised("Send a bearer token.")
        known = self._known.get(token)
        if known and known[0] > seconds():
            return known[1]
        return await self._verify(token)

    async def _verify(self, token: str) -> Caller:
        if len(token) > _TOKEN_LIMIT:
            raise _unauthorised("The token is too long.")
        claims = await self._claims(token)
        caller = self._read(claims)
        self._known[token] = (float(claims["exp"]), caller)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return caller

    async def _claims(self, token: str) -> Mapping[str, Any]:
        keys = await self._keyset()
        for last in (False, True):
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError, TypeError, KeyError):
                if last or seconds() - self._read_at < _REFRESH:
                    break
                keys = await self._keyset(again=True)
                continue
            header = decoded.header
            if _FORBIDDEN_HEADERS & header.keys() or header.get("typ", "JWT").lower() not in {"jwt", "at+jwt"}:
                break
            return decoded.claims
        raise _unauthorised("The token is not valid.")

    def _read(self, claims: Mapping[str, Any]) -> Caller:
        now = seconds()
        exp, iat, nbf = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
        if not (type(exp) is int and type(iat) is int and type(nbf) in {int, float}):
            raise _unauthorised("The token says no time.")
        if exp + LEEWAY < now or iat - LEEWAY > now or nbf - LEEWAY > now or exp - iat > _LONGEST:
            raise _unauthorised("The token has ended.")
        if claims.get("iss") != self._issuer or claims.get("aud") not in (AUDIENCE, [AUDIENCE]):
            raise _unauthorised("The token is for another service.")
        actor, role, council = claims.get("sub"), claims.get("role"), claims.get("council")
        if not _is_name(actor):
            raise _unauthorised("The token names nobody.")
        if not isinstance(role, str) or role not in self._roles:
            raise ProblemError(403, "missing_role", "The token gives no role that this system knows.")
        if role not in self._council_roles:
            return Caller(actor=str(actor), role=role, council=None)
        if not _is_name(council):
            raise ProblemError(403, "missing_council", "The token names no council.")
        return Caller(actor=str(actor), role=role, council=self._council_of(str(council)))

    async def _keyset(self, *, again: bool = False) -> KeySet:
        if self._keys is None or again:
            try:
                raw = await asyncio.to_thread(_read, self._jwks)
                self._keys = KeySet.import_key_set(orjson.loads(raw))
            except (OSError, ValueError, JoseError):
                if self._keys is None:
                    raise ProblemError(503, "auth_unavailable", "Tokens cannot be checked now; try again.") from None
            self._read_at = seconds()
        return self._keys


def _is_name(said: Any) -> bool:
    """Whether it can stand in an event and in a log: it will."""
    return isinstance(said, str) and 0 < len(said) <= LONGEST_NAME and said.isprintable()


def _read(where: str) -> bytes:
    if where.startswith(("http://", "https://")):
        with urllib.request.urlopen(where, timeout=5) as answer:  # noqa: S310 - the deployer's address, not a client's
            return bytes(answer.read())
    return Path(where).read_bytes()


def _unauthorised(detail: str) -> ProblemError:
    return ProblemError(401, "invalid_token", detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
