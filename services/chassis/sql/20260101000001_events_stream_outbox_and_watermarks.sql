-- migrate:up

-- Streams and their heads. A head's row is the lock under which a stream is decided about.
create table stream (
    subject text primary key,
    version integer not null,
    hash bytea not null,
    recorded timestamptz not null
);

create table event (
    subject text not null,
    version integer not null check (version > 0),
    id uuid not null unique,
    type text not null,
    schema smallint not null,
    time timestamptz not null,
    recorded timestamptz not null,
    role text not null,
    actor text not null,
    council text,
    origin text not null,
    policy text,
    calendar text,
    correlation uuid not null,
    causation uuid,
    traceparent text,
    data bytea not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (subject, version)
);

-- A fact is never edited: not even by the service that said it.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed or removed';
end
$$;
create trigger event_is_final before update or delete on event for each row execute function refuse_change();
create trigger event_is_kept before truncate on event for each statement execute function refuse_change();

-- cache 1: within a stream the order of ids must be the order of versions.
create table outbox (
    id bigint generated always as identity (cache 1) primary key,
    subject text not null,
    version integer not null
);
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table reaction (
    causation uuid not null,
    rule text not null,
    primary key (causation, rule)
);

create table idempotency (
    client text not null,
    key text not null,
    fingerprint bytea not null,
    status smallint not null,
    etag text,
    body bytea not null,
    recorded timestamptz not null default clock_timestamp(),
    primary key (client, key)
);

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    role text not null,
    actor text not null,
    council text,
    action text not null,
    subject text,
    purpose text
);

-- What this service has read: offsets, kept with their effect.
create table bookmark (
    topic text not null,
    partition integer not null,
    next_offset bigint not null,
    last_hash bytea not null,
    primary key (topic, partition)
);

create table watermark (
    source text not null,
    subject text not null,
    version integer not null,
    hash bytea not null,
    partition integer not null,
    primary key (source, subject)
) with (fillfactor = 80);

-- A topic that is made anew gives its offsets again: a place does not identify a record for ever.
create table parked (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    source text not null,
    subject text not null,
    version integer not null,
    headers bytea not null,
    data bytea not null,
    reason text not null,
    detail text not null,
    parked timestamptz not null default clock_timestamp()
);
create index parked_subject on parked (subject, id);

-- A source whose history has forked: nothing more of it is applied until a person has looked.
create table halted (
    source text primary key,
    subject text not null,
    version integer not null,
    reason text not null,
    at timestamptz not null default clock_timestamp()
);

-- Grants: the service reads and adds; only what is a queue or a mark may be changed or removed.
do $$
declare
    -- A database may carry a suffix (sir_pong__trial); its roles are the service's own.
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    execute format('grant usage on schema public to %I, %I', service, reader);
    execute format('grant select, insert on event, reaction, idempotency, audit to %I', service);
    execute format('grant select, insert, update on stream to %I', service);
    execute format('grant select, insert, update, delete on outbox, bookmark, watermark, parked, halted to %I', service);
    execute format('grant usage on all sequences in schema public to %I', service);
end
$$;

-- migrate:down
drop table halted, parked, watermark, bookmark, audit, idempotency, reaction, outbox, event, stream;
drop function refuse_change();
