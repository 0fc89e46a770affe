"""Messages: queued with the event that they tell of, carried at least once, kept with the proof that they went.

A message names a case by its reference and links to it: no person, no words of the case. It is queued where the event is recorded
and nowhere else, so a replay or a rebuild sends nothing.
"""

import asyncio
import json
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Gauge

from contracts.deadlines import ReminderCorrected, ReminderDue
from services.chassis import telemetry
from services.chassis.decider import Record
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.deadlines.settings import DeadlinesSettings
from services.deadlines.words import DUTIES, written

EVERY_SECONDS: Final = 2.0
TIMEOUT_SECONDS: Final = 10.0

_QUEUE: Final = """
    insert into message (event_id, channel, subject, kind, clock, threshold, due_on, recipient, reference)
    select u.event_id, c.channel, u.subject, u.kind, u.clock, u.threshold, u.due_on,
           case u.party when 'inspectorate' then u.party else coalesce(k.council, u.party) end, coalesce(k.reference, u.subject)
    from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::text[])
             as u(event_id, subject, kind, clock, threshold, due_on, party)
    cross join unnest($8::text[]) as c(channel) left join known_case k on k.subject = u.subject
"""
# Taking one is a lease: whoever dies with it has it taken again, later after each attempt.
_TAKE: Final = """
    update message m set attempts = attempts + 1,
        next_attempt = clock_timestamp() + least(interval '1 hour', interval '1 minute' * 2 ^ least(attempts, 6))
    from (select event_id, channel from message
          where delivered is null and channel = any($1) and next_attempt <= clock_timestamp()
          order by next_attempt limit 1 for update skip locked) as taken
    where (m.event_id, m.channel) = (taken.event_id, taken.channel)
    returning m.event_id, m.channel, m.subject, m.kind, m.clock, m.threshold, m.due_on, m.recipient, m.reference
"""
_DELIVERED: Final = """
    update message set delivered = clock_timestamp(), evidence = $3, fault = null where event_id = $1 and channel = $2
"""
_FAILED: Final = "update message set fault = $3 where event_id = $1 and channel = $2 and delivered is null"
_WAITING: Final = "select count(*) from message where delivered is null"

waiting = Gauge("sir_messages_undelivered", "Messages that no channel has taken yet", registry=telemetry.REGISTRY)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for one channel; `recipient` is the inspectorate or a council's code."""

    event_id: UUID
    channel: str
    subject: str
    kind: str
    clock: str
    threshold: str
    due_on: date
    recipient: str
    reference: str


class NoAddress(LookupError):
    """Nobody said where this recipient's messages go."""


class Channel(Protocol):
    """A way out."""

    name: str

    def carry(self, mail: EmailMessage, name: str) -> str:
        """Deliver, or raise OSError or SMTPException; the proof that comes back. `name` is the same at every attempt. Blocks."""
        ...


class Folder:
    """Each message as a file, written whole or not at all."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def carry(self, mail: EmailMessage, name: str) -> str:
        """The file's name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished, file = self._folder / f"{name}.part", self._folder / f"{name}.eml"
        unfinished.write_bytes(mail.as_bytes())
        unfinished.replace(file)
        return file.name


class Smtp:
    """A mail server, with encryption where it offers that."""

    name = "smtp"

    def __init__(self, server: str, *, user: str | None, password: str | None) -> None:
        host, _, port = server.rpartition(":")
        self._host, self._port = host, int(port)
        self._user, self._password = user, password

    def carry(self, mail: EmailMessage, name: str) -> str:  # noqa: ARG002 - the mail itself names the message
        """The server's answer when it took the message over."""
        with smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS) as server:
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self._user is not None:
                server.login(self._user, self._password or "")
            _taken(server.mail(mail["From"]))
            _taken(server.rcpt(mail["To"]))
            return _taken(server.data(mail.as_bytes(policy=SMTP)))


def _taken(said: tuple[int, bytes]) -> str:
    code, words = said
    if not 200 <= code < 300:  # noqa: PLR2004 - SMTP's answers that say yes
        raise smtplib.SMTPResponseException(code, words)
    return f"{code} {words.decode('ascii', 'replace')}"


def channels(settings: DeadlinesSettings) -> Sequence[Channel]:
    """The ways out that a deployment has; none means that reminders are recorded only."""
    found: list[Channel] = []
    if settings.reminder_folder is not None:
        found.append(Folder(settings.reminder_folder))
    if settings.smtp is not None:
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        found.append(Smtp(settings.smtp, user=settings.smtp_user, password=password))
    return found


async def queue(connection: asyncpg.Connection, records: Sequence[Record], ways: Sequence[str]) -> None:
    """Queue what has to be told of new events, once for each way out, in the transaction that records them."""
    told = [(each.envelope, each.event) for each in records if isinstance(each.event, ReminderDue | ReminderCorrected)]
    if not told or not ways:
        return
    rows = [
        (envelope.id, envelope.subject, _kind(event), event.clock, event.threshold, event.due_on, event.to)
        for envelope, event in told
    ]
    await connection.execute(_QUEUE, *map(list, zip(*rows, strict=True)), list(ways))


class Courier:
    """Carries what waits, one message at a time, until it is delivered."""

    def __init__(self, *, pool: Pool, settings: DeadlinesSettings) -> None:
        self._pool = pool
        self._settings = settings
        self._channels: Mapping[str, Channel] = {each.name: each for each in channels(settings)}

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                while await self.carry():
                    """More may wait."""
            except (StagedFaultError, *UNAVAILABLE) as fault:
                log.warning("courier.again", **describe(fault))
            await asyncio.sleep(EVERY_SECONDS)

    async def carry(self) -> bool:
        """Take one message and try to deliver it; whether there was one."""
        waiting.set(await self._pool.fetchval(_WAITING))
        row = await self._pool.fetchrow(_TAKE, list(self._channels))
        if row is None:
            return False
        message = Message(**dict(row))
        try:
            evidence = await asyncio.to_thread(self._deliver, message)
        except (OSError, ValueError, smtplib.SMTPException, NoAddress) as fault:
            # The kind of fault alone: a server's words may repeat an address.
            log.warning("courier.failed", channel=message.channel, fault=type(fault).__name__)
            await self._pool.execute(_FAILED, message.event_id, message.channel, type(fault).__name__)
            return True
        failpoint("courier.after_send")
        await self._pool.execute(_DELIVERED, message.event_id, message.channel, evidence)
        return True

    def _deliver(self, message: Message) -> str:
        address = self._address(message)
        return self._channels[message.channel].carry(self._mail(message, address), str(message.event_id))

    def _address(self, message: Message) -> str:
        file = self._settings.addresses
        known: Mapping[str, str] = json.loads(file.read_text()) if file is not None else {}
        if message.recipient in known:
            return known[message.recipient]
        if message.channel == Folder.name:  # whoever reads the folder knows where it goes
            return f"{message.recipient}@sir.invalid"
        raise NoAddress(message.recipient)

    def _mail(self, message: Message, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._settings.mail_from, address
        mail["Message-ID"] = f"<{message.event_id}@deadlines.sir>"  # the same at every attempt: a second copy can be known as one
        mail["Auto-Submitted"] = "auto-generated"
        mail["Subject"] = f"{message.reference}: {_subject(message)}"
        link = f"{self._settings.address}/v1/cases/{message.subject}/clocks"
        mail.set_content(f"{_words(message)}\n\n{link}\n")
        return mail


def _kind(event: ReminderDue | ReminderCorrected) -> str:
    return "reminder" if isinstance(event, ReminderDue) else "correction"


def _subject(message: Message) -> str:
    duty = DUTIES[message.clock]
    return f"no longer to be done: {duty}" if message.kind == "correction" else f"{duty}, due on {written(message.due_on)}"


def _words(message: Message) -> str:
    case, duty, day = f"Case {message.reference}", DUTIES[message.clock], written(message.due_on)
    if message.kind == "correction":
        return f"{case}. A reminder was sent: {duty}, due on {day}. It was not needed any more; please disregard it."
    return f"{case}. {duty}: due on {day} ({message.threshold.replace('_', ' ')})."
