-- migrate:up
create schema if not exists read;

-- Each row was known from `known_from` until just before `known_to`; infinity where it still is. A question "as known at t" asks for
-- known_from <= t < known_to, a question "as at d" for days that are not after d.
-- No row-level security: what is answered from here counts every council, and COPY refuses tables that have it.

-- A case came in. Nothing changes that.
create table read.received (
    subject uuid primary key,
    council text not null,
    received_on date not null,
    known_from timestamptz not null
);
create index received_by_day on read.received (received_on);

-- What the council says of it, as far as figures count it; `occurred_on` only where the day is known.
create table read.said (
    subject uuid not null,
    occurred_on date,
    grade text,
    incident_type text not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    unique (subject, known_to)
);

-- A clock of a case: its due day (none: not measurable), the day it was stopped, and the working days that it took.
create table read.clock (
    subject uuid not null,
    clock text collate "C" not null,
    due_on date,
    stopped_on date,
    days_taken integer,
    imported boolean not null,
    known_from timestamptz not null,
    known_to timestamptz not null,
    unique (subject, clock, known_to)
);

-- What befell a case on a day: withdrawn, triaged (value: the outcome), reclassified (value: the type).
create table read.mark (
    subject uuid not null,
    kind text collate "C" not null,
    version integer not null,
    "on" date not null,
    value text,
    known_from timestamptz not null,
    known_to timestamptz not null,
    unique (subject, kind, version)
);

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    execute format('grant usage on schema read to %I, %I', service, reader);
    execute format('grant select, insert, update, delete on read.received, read.said, read.clock, read.mark to %I', service);
    execute format('grant select on read.received, read.said, read.clock, read.mark to %I', reader);
end
$$;

-- migrate:down
drop table read.mark, read.clock, read.said, read.received;
