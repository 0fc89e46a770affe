"""Figures as SQL: one statement a question, over the rows that were known at an instant, judged as at a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from contracts.clocks import Clock
from contracts.codes import SIGNS_NOTIFICATIONS, SIGNS_REVIEWS, Grade
from services.chassis import codec
from services.statistics.domain.figures import Counts, Reviews, Spread, Timeliness

EVERYTHING: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Known at the end of time."""

_SIGNING: Final = [grade.value for grade in Grade if grade.at_least(SIGNS_NOTIFICATIONS)]
_SIGNING_REVIEWS: Final = [grade.value for grade in Grade if grade.at_least(SIGNS_REVIEWS)]

# $1 from, $2 to, $3 as at, $4 known at (EVERYTHING: without regard to it), $5 one case (null: all).
#
# A later triage replaces an earlier one from its day on, and so does a later decision of the Strategic Oversight Group; the mark
# of a duplicate has no day: the last word decides for all days. What fell away by the day of a reopening is owed again. Where a
# case is both withdrawn and out of scope, the withdrawal stands. A clock that was not stopped falls away with its case; a stop
# after that day counts only if a register says so.
_JUDGED: Final = """
    with received as (
        select r.subject, r.council, r.received_on, s.occurred_on, s.grade, s.incident_type as type_said, s.mappa,
               v.submitted_on, v.kind as review_kind, v.grade as review_grade, v.risk_assessment_completed,
               v.risk_assessment_up_to_date, v.risk_management_plan, v.plan_informed_by_assessment, v.order_reviews
        from received r join said s using (subject)
            left join review v on v.subject = r.subject and v.submitted_on <= $3::date and v.known_from <= $4::timestamptz
        where r.received_on between $1::date and least($2::date, $3) and r.known_from <= $4
          and s.known_from <= $4 and s.known_to > $4 and ($5::uuid is null or r.subject = $5)
    ), marks as (
        select m.subject, m.kind, m.version, m."on", m.value, m."on" <= $3 as by_then
        from mark m where m.known_from <= $4 and m.known_to > $4 and m.subject in (select subject from received)
    ), marked as (
        select subject,
               coalesce(max("on") filter (where kind = 'reopened' and by_then), '-infinity') as reopened_on,
               max(version) filter (where kind = 'reopened' and by_then) as reopening,
               max("on") filter (where kind = 'withdrawn' and by_then) as withdrawn_on,
               (array_agg(value order by version desc) filter (where kind = 'triaged'))[1] = 'duplicate' as duplicate,
               (array_agg(version order by "on" desc, version desc)
                   filter (where kind = 'triaged' and by_then and value <> 'duplicate'))[1] as looked,
               (array_agg(case value when 'out_of_scope' then "on" end order by "on" desc, version desc)
                   filter (where kind = 'triaged' and by_then and value <> 'duplicate'))[1] as out_of_scope_on,
               (array_agg(value order by "on" desc, version desc)
                   filter (where kind = 'reclassified' and by_then))[1] as type_found,
               (array_agg(value order by "on" desc, version desc) filter (where kind = 'decided' and by_then))[1] as decision,
               max("on") filter (where kind = 'decided' and by_then) as decided_on,
               bool_or(kind = 'requested' and by_then) as requested,
               (array_agg(value order by "on" desc, version desc)
                   filter (where kind = 'iar_decision' and by_then))[1] as iar_decision,
               (array_agg(value order by "on" desc, version desc)
                   filter (where kind = 'quality' and by_then))[1] as quality,
               bool_or(kind = 'sent' and by_then) as sent
        from marks group by subject
    ), fallen as (
        select r.*, coalesce(m.type_found, r.type_said) as incident_type, coalesce(m.duplicate, false) as duplicate,
               coalesce(m.requested, false) as requested, m.iar_decision, m.quality, coalesce(m.sent, false) as sent,
               r.mappa and m.decision is distinct from 'no_scr' as held,
               case when m.withdrawn_on > m.reopened_on then m.withdrawn_on end as withdrawn_on,
               case when m.out_of_scope_on > m.reopened_on or m.looked > m.reopening
                    then m.out_of_scope_on end as out_of_scope_on,
               case when r.mappa and m.decision = 'scr' and m.decided_on > m.reopened_on
                    then greatest(m.decided_on, r.received_on) end as scr_on
        from received r left join marked m using (subject)
    ), cases as (
        select *, withdrawn_on is not null as withdrawn, withdrawn_on is null and out_of_scope_on is not null as out_of_scope,
               scr_on is not null as closed_mappa_scr, least(withdrawn_on, out_of_scope_on, scr_on) as fallen_on
        from fallen
    ), counted as (
        select * from cases where not duplicate
    ), clocks as (
        select c.*, k.clock, k.due_on, k.days_taken,
               case when k.stopped_on <= $3 and (c.fallen_on is null or k.stopped_on <= c.fallen_on or k.imported)
                    then k.stopped_on end as stopped_on
        from counted c join clock k using (subject)
        where k.due_on is not null and k.known_from <= $4 and k.known_to > $4
          and (k.clock <> 'feedback' or c.submitted_on is not null) and (k.clock <> 'acceptance' or c.sent)
    ), timed as (
        select *, case when stopped_on <= due_on then 'met' when stopped_on > due_on then 'missed'
                       when fallen_on is not null then 'cancelled' when clock = 'review' and held then 'held'
                       when $3 > due_on then 'missed' else 'open' end as verdict
        from clocks
    )
"""

_COUNTS: Final = f"""{_JUDGED}
    , tally as (
        select clock, count(*) as measured, count(*) filter (where verdict = 'met') as met,
               count(*) filter (where verdict = 'missed') as missed, count(*) filter (where verdict = 'open') as open,
               count(*) filter (where verdict = 'held') as held
        from timed group by clock
    ), late as (
        select count(*) as late_count, min(days_taken) as smallest, max(days_taken) as largest, sum(days_taken) as total,
               percentile_cont(0.5) within group (order by days_taken) as median,
               min(received_on - occurred_on) as calendar_smallest, max(received_on - occurred_on) as calendar_largest,
               percentile_cont(0.5) within group (order by received_on - occurred_on) as calendar_median
        from timed where clock = 'notify' and verdict = 'missed'
    ), totals as (
        select count(*) filter (where not duplicate) as counted,
               count(*) filter (where duplicate) as duplicates,
               count(*) filter (where not duplicate and withdrawn) as withdrawn,
               count(*) filter (where not duplicate and out_of_scope) as out_of_scope,
               count(distinct council) filter (where not duplicate) as councils,
               count(*) filter (where not duplicate and grade = any($6::text[])) as signed_off
        from cases
    )
    select totals.*, late.*, tally.*,
           (select coalesce(jsonb_object_agg(partition, next_offset), '{{}}') from bookmark where topic = $7) as position
    from totals cross join late left join tally on true
"""
_REVIEWS: Final = f"""{_JUDGED}
    , owed as (
        select c.*, t.verdict,
               case when c.submitted_on is not null then 'received' when c.withdrawn or c.out_of_scope then 'not_required'
                    when c.closed_mappa_scr then 'closed_mappa_scr' when c.held then 'held_for_sog'
                    when t.verdict = 'missed' then 'overdue' else 'not_yet_due' end as place,
               c.review_kind = 'IAR' as iar, c.review_kind = 'CR' as cr
        from counted c left join timed t on t.subject = c.subject and t.clock = 'review'
    )
    select count(*) filter (where place = 'received') as received,
           count(*) filter (where place = 'not_required') as not_required,
           count(*) filter (where place = 'closed_mappa_scr') as closed_mappa_scr,
           count(*) filter (where place = 'held_for_sog') as held_for_sog,
           count(*) filter (where place = 'overdue') as overdue,
           count(*) filter (where place = 'not_yet_due') as not_yet_due,
           count(*) filter (where iar) as iars,
           count(*) filter (where cr) as crs,
           count(*) filter (where place = 'received' and verdict = 'met') as in_time,
           count(*) filter (where iar and iar_decision = 'appropriate') as iars_appropriate,
           count(*) filter (where iar and iar_decision = 'comprehensive_required') as comprehensive_required,
           count(*) filter (where iar and requested) as iars_with_request,
           count(*) filter (where cr and quality is not null) as crs_assessed,
           count(*) filter (where cr and quality = 'high') as crs_of_high_quality,
           count(*) filter (where review_grade = any($6::text[])) as signed_off,
           count(*) filter (where risk_assessment_completed) as assessed,
           count(*) filter (where risk_assessment_up_to_date) as up_to_date,
           count(*) filter (where risk_assessment_completed and risk_assessment_up_to_date) as assessed_up_to_date,
           count(*) filter (where risk_management_plan) as planned,
           count(*) filter (where risk_management_plan and plan_informed_by_assessment) as plan_informed,
           count(*) filter (where order_reviews) as order_reviewed
    from owed
"""
_COUNCILS: Final = f"""{_JUDGED}
    select c.council, count(*) as notifications,
           count(*) filter (where t.verdict = 'met') as in_time,
           count(*) filter (where t.verdict = 'missed') as late,
           count(*) filter (where t.subject is null) as not_measurable
    from counted c left join timed t on t.subject = c.subject and t.clock = 'notify'
    group by c.council
"""
_TYPES: Final = f"{_JUDGED} select incident_type, count(*) from counted group by incident_type"

_IS_KNOWN: Final = """
    select exists (
        select from received r where subject = $1 and ($2::text is null or $2 = coalesce(
            (select value from mark m where m.subject = r.subject and kind = 'transferred' order by version desc limit 1), council
        ))
    )
"""
_LEDGER: Final = f"""
    select number, partition, "offset", source, {codec.COLUMNS} from ledger where number > $1 order by number limit $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """For which days of receipt, judged as at which day, by what was known when (None: by all that is known)."""

    first: date
    last: date
    as_at: date
    known_at: datetime | None
    case: UUID | None = None
    """The only case that is asked about, if it is one."""

    def arguments(self) -> tuple[date, date, date, datetime, UUID | None]:
        """As the statements take them."""
        return self.first, self.last, self.as_at, min(self.known_at or EVERYTHING, EVERYTHING), self.case


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts, and the position up to which records had been taken in for them."""

    counts: Counts
    position: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCouncil:
    """One council's notifications, and how many of them were in time."""

    council: str
    notifications: int
    in_time: int
    late: int
    not_measurable: int


async def counts(connection: asyncpg.Connection, question: Question, *, topic: str) -> Counted:
    """What every figure is made of."""
    rows = await connection.fetch(_COUNTS, *question.arguments(), _SIGNING, topic)
    row = rows[0]
    of = {each["clock"]: each for each in rows if each["clock"]}
    reviews = await connection.fetchrow(_REVIEWS, *question.arguments(), _SIGNING_REVIEWS)
    if reviews is None:
        raise AssertionError
    return Counted(
        counts=Counts(
            counted=row["counted"],
            duplicates=row["duplicates"],
            withdrawn=row["withdrawn"],
            out_of_scope=row["out_of_scope"],
            councils=row["councils"],
            signed_off=row["signed_off"],
            notify=_timeliness(of.get(Clock.NOTIFY), row["counted"]),
            notify_from_awareness=_timeliness(of.get(Clock.NOTIFY_FROM_AWARENESS), row["counted"]),
            government_copy=_timeliness(of.get(Clock.GOVERNMENT_COPY), row["counted"]),
            review=_timeliness(of.get(Clock.REVIEW), row["counted"]),
            feedback=_timeliness(of.get(Clock.FEEDBACK), reviews["received"]),
            acceptance=_timeliness(of.get(Clock.ACCEPTANCE), 0),
            reviews=Reviews(**reviews),
            late=Spread(
                count=row["late_count"],
                smallest=row["smallest"],
                largest=row["largest"],
                median=row["median"],
                total=row["total"],
                calendar_smallest=row["calendar_smallest"],
                calendar_largest=row["calendar_largest"],
                calendar_median=row["calendar_median"],
            ),
        ),
        position=dict(sorted(orjson.loads(row["position"]).items(), key=lambda place: int(place[0]))),
    )


async def by_council(connection: asyncpg.Connection, question: Question) -> dict[str, OfCouncil]:
    """Councils that notified, by code."""
    return {row["council"]: OfCouncil(**row) for row in await connection.fetch(_COUNCILS, *question.arguments())}


async def by_type(connection: asyncpg.Connection, question: Question) -> dict[str, int]:
    """Notifications by the type that they had on the day."""
    return {row[0]: row[1] for row in await connection.fetch(_TYPES, *question.arguments())}


async def is_known(connection: asyncpg.Connection, subject: UUID, council: str | None) -> bool:
    """Whether a case was received, and is this council's now if one is given."""
    return bool(await connection.fetchval(_IS_KNOWN, subject, council))


async def ledger(connection: asyncpg.Connection, *, after: int, limit: int) -> list[asyncpg.Record]:
    """Records in the order in which they were taken in."""
    return list(await connection.fetch(_LEDGER, after, limit))


def _timeliness(row: asyncpg.Record | None, counted: int) -> Timeliness:
    if row is None:
        return Timeliness(met=0, missed=0, open=0, held=0, not_measurable=counted)
    return Timeliness(
        met=row["met"],
        missed=row["missed"],
        open=row["open"],
        held=row["held"],
        not_measurable=counted - row["measured"],
    )
