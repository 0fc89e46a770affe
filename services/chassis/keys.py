"""Case keys: one AES-256 key a subject, wrapped by a key that is outside the database; destroying it erases what it sealed."""

import os
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.clock import seconds
from services.chassis.postgres import UNAVAILABLE, Pool

_NONCE: Final = 12
_REMEMBERED: Final = 10_000
_SECONDS_REMEMBERED: Final = 60.0
"""An erasure elsewhere takes effect here within this time at the latest."""

_INSERT: Final = """
    insert into subject_key (subject, wrapped)
    select * from unnest($1::text[], $2::bytea[])
    on conflict (subject) do nothing
    returning subject
"""
_READ: Final = "select subject, wrapped from subject_key where subject = any($1)"
_DESTROY: Final = (
    "update subject_key set wrapped = null, destroyed = clock_timestamp() where subject = any($1) and wrapped is not null"
)
_OLD: Final = """
    select subject from subject_key
    where subject > $1 and wrapped is not null and created < clock_timestamp() - interval '1 hour' order by subject limit 1000
"""


class KeysUnavailableError(Exception):
    """The key database does not answer: nothing personal can be written or read now."""


class KeyUnusableError(KeysUnavailableError):
    """The key of one subject is destroyed, or does not open: nothing more can be said of it; others are not concerned."""


class Box:
    """Seals and opens the personal fields of one event, bound to its id and the field's name."""

    __slots__ = ("_cipher", "_event")

    def __init__(self, cipher: AESGCM | None, event: bytes) -> None:
        self._cipher = cipher
        self._event = event

    @property
    def usable(self) -> bool:
        """Whether anything can be sealed or opened."""
        return self._cipher is not None

    def seal(self, field: str, clear: bytes) -> dict[str, str]:
        """What stands under `$sealed`; the name travels with the ciphertext."""
        if self._cipher is None:
            msg = "the subject's key was destroyed"
            raise KeyUnusableError(msg)
        nonce = os.urandom(_NONCE)
        box = nonce + self._cipher.encrypt(nonce, clear, self._event + field.encode())
        return {"field": field, "box": b64encode(box).decode()}

    def open(self, sealed: Mapping[str, str]) -> bytes | None:
        """The clear JSON; None when the key is destroyed.

        Raises:
            InvalidTag: the ciphertext was changed or moved here from another case, event or field.
        """
        if self._cipher is None:
            return None
        box = b64decode(sealed["box"])
        return self._cipher.decrypt(box[:_NONCE], box[_NONCE:], self._event + sealed["field"].encode())


class Keyring:
    """The keys of this deployment, as one service may use them: `makes` is the service that gives new subjects theirs."""

    def __init__(self, pool: Pool, kek: bytes, *, makes: bool = False) -> None:
        self._pool = pool
        self._kek = AESGCM(kek)
        self._makes = makes
        self._known: OrderedDict[str, tuple[float, AESGCM | None]] = OrderedDict()

    @classmethod
    def load(cls, pool: Pool, kek_file: Path, *, makes: bool = False) -> Self:
        """With the wrapping key of a file: base64 of 32 bytes."""
        return cls(pool, b64decode(kek_file.read_text()), makes=makes)

    async def ready(self, *, known: Iterable[str], new: Sequence[str]) -> None:
        """Bring to hand the keys of subjects about which something is to be said, made where this service makes them."""
        if self._makes and new:
            await self.create(new)
        await self.fetch([*known, *new])

    async def create(self, subjects: Sequence[str]) -> None:
        """Keys for new subjects, committed together before anything is sealed with them; an orphan is harmless.

        A subject that has one already keeps it: what a second one sealed, nobody could open.
        """
        made = {subject: AESGCM.generate_key(bit_length=256) for subject in subjects}
        try:
            rows = await self._pool.fetch(_INSERT, list(made), [self._wrap(subject, key) for subject, key in made.items()])
        except UNAVAILABLE as fault:
            raise KeysUnavailableError(type(fault).__name__) from fault
        for (subject,) in rows:
            self._remember(subject, AESGCM(made[subject]))
        await self.fetch(subjects)

    async def fetch(self, subjects: Iterable[str]) -> None:
        """Bring the keys of these subjects to hand, so that `box` need not wait."""
        fresh = seconds() - _SECONDS_REMEMBERED
        missing = {subject for subject in subjects if self._known.get(subject, (0.0, None))[0] < fresh}
        if not missing:
            return
        try:
            rows = await self._pool.fetch(_READ, list(missing))
        except UNAVAILABLE as fault:
            raise KeysUnavailableError(type(fault).__name__) from fault
        wrapped = {row["subject"]: row["wrapped"] for row in rows}
        for subject in missing:
            self._remember(subject, self._unwrap(subject, wrapped.get(subject)))

    def box(self, subject: str, event: bytes) -> Box:
        """The box of one event (its id's 16 bytes); call `create` or `fetch` for the subject before."""
        return Box(self._known[subject][1], event)

    async def destroy(self, *subjects: str) -> None:
        """Erase: nothing sealed with these subjects' keys can be read again. Repeating it changes nothing."""
        await self._pool.execute(_DESTROY, subjects)
        for subject in subjects:
            self._remember(subject, None)

    async def old(self, *, after: str) -> list[str]:
        """Subjects after this one, in order and not all at once, whose keys no request can still be about to use first."""
        return [row["subject"] for row in await self._pool.fetch(_OLD, after)]

    def _wrap(self, subject: str, key: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._kek.encrypt(nonce, key, subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes | None) -> AESGCM | None:
        if wrapped is None:
            return None
        try:
            return AESGCM(self._kek.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], subject.encode()))
        except InvalidTag:
            msg = "a case key does not open with the configured wrapping key"
            raise KeyUnusableError(msg) from None

    def _remember(self, subject: str, cipher: AESGCM | None) -> None:
        self._known[subject] = (seconds(), cipher)
        self._known.move_to_end(subject)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
