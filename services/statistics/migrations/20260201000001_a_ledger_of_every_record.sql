-- migrate:up

-- Every record of every service as it was heard. `number` is the order in which records were taken in: numbers are given under one
-- lock that is held until the commit, so whoever has read up to n has read all below n. Within a stream it is the order of versions,
-- which the order of offsets is not: a late record that heals a gap comes after those that waited for it. A topic that is made anew
-- gives its offsets again, therefore (partition, offset) does not identify a record for ever.
-- No row-level security: only operators read it, and COPY refuses tables that have it.
create table ledger (
    number bigint generated always as identity (cache 1) primary key,
    partition integer not null,
    "offset" bigint not null,
    source text collate "C" not null,
    subject text collate "C" not null,
    version integer not null,
    id uuid not null,
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
    unique (source, subject, version)
);
create trigger ledger_is_final before update or delete on ledger for each row execute function refuse_change();
create trigger ledger_is_kept before truncate on ledger for each statement execute function refuse_change();

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    execute format('grant select, insert on ledger to %I', service);
    execute format('grant select on ledger, bookmark to %I', reader);
    execute format('grant usage on all sequences in schema public to %I', service);
end
$$;

-- migrate:down
drop table ledger;
