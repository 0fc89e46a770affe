"""What the store asks the database: heads locked with the answers kept, and all that an append leaves, in one go."""

from typing import Final

from services.chassis.idempotency import KEEP, RECALL

# Inserting in order of subject takes the heads' locks in one order everywhere; a head that exists is locked by the update.
LOCK: Final = f"""
    with head as (
        insert into stream as s (subject, version, hash, recorded)
        select subject, 0, ''::bytea, '-infinity' from unnest($1::text[]) as u(subject) order by subject
        on conflict (subject) do update set version = s.version
        returning subject, version, hash, recorded, clock_timestamp() + $2::interval as now
    ), kept as ({RECALL.format(3, 4)})
    select * from head full join kept on false
"""
NOW: Final = "select clock_timestamp() + $1::interval"
HISTORY: Final = "select subject, id, type, schema, data from event where subject = any($1) order by subject, version"
WRITE: Final = f"""
    with heads as (
        update stream as s set version = u.version, hash = u.hash, recorded = u.recorded
        from unnest($20::text[], $21::int[], $22::bytea[], $23::timestamptz[]) as u(subject, version, hash, recorded)
        where s.subject = u.subject
    ), events as (
        insert into event (subject, version, id, type, schema, time, recorded, role, actor, council, origin, policy, calendar,
                           correlation, causation, traceparent, data, prev_hash, hash)
        select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::timestamptz[], $7::timestamptz[],
                             $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                             $14::uuid[], $15::uuid[], $16::text[], $17::bytea[], $18::bytea[], $19::bytea[])
    ), answers as (
        {KEEP.format(*range(24, 30))}
    ), audited as (
        insert into audit (role, actor, council, action, subject)
        select * from unnest($30::text[], $31::text[], $32::text[], $33::text[], $34::text[])
    )
    insert into outbox (subject, version)
    select subject, version from unnest($1::text[], $2::int[]) with ordinality as u(subject, version, n) order by n
"""
REACT: Final = """
    insert into reaction (causation, rule) select * from unnest($1::uuid[], $2::text[])
    on conflict do nothing returning causation, rule
"""
