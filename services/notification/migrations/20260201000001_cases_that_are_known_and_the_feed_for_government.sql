-- migrate:up

-- Read models: made from events, made again by a rebuild.
create schema if not exists read;

create table read.known_case (
    subject text primary key,
    council text not null,
    reference text not null,
    received_at timestamptz not null,
    received_on date not null,
    event_id uuid not null,
    -- The notification as it was published: personal values are sealed with the case's key.
    data bytea not null
);

-- The feed: what Government is told, at places without holes, each with the bytes that every channel carries.
create table feed_end (
    one boolean primary key default true check (one),
    last bigint not null
);
insert into feed_end (last) values (0);

create table feed (
    sequence bigint primary key check (sequence > 0),
    id uuid not null unique,
    subject text not null,
    council text not null,
    type text not null,
    event bytea not null
);
create index feed_subject on feed (subject, sequence);
create trigger feed_is_final before update or delete on feed for each row execute function refuse_change();
create trigger feed_is_kept before truncate on feed for each statement execute function refuse_change();

-- The evidence that an event stands on Government's topic; without an offset it waits to be sent.
create table delivery (
    sequence bigint primary key references feed,
    "offset" bigint,
    broker_time timestamptz,
    read_back boolean not null default false,
    check (("offset" is null) = (broker_time is null))
);
create index delivery_waiting on delivery (sequence) where "offset" is null;
create index delivery_offset on delivery ("offset");

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
    own_council text := $q$(select current_setting('sir.council', true)) in ('*', council)$q$;
begin
    execute format('grant usage on schema read to %I, %I', service, reader);
    execute format('grant select, insert on read.known_case to %I', service);
    execute format('grant select on read.known_case to %I', reader);
    execute format('grant select, update on feed_end to %I', service);
    execute format('grant select, insert on feed to %I', service);
    execute format('grant select, insert, update on delivery to %I', service);
    execute format('grant select on feed, delivery to %I', reader);

    alter table read.known_case enable row level security;
    execute format('create policy service on read.known_case to %I using (true)', service);
    execute format('create policy reader on read.known_case for select to %I using (%s)', reader, own_council);
    alter table feed enable row level security;
    execute format('create policy service on feed to %I using (true)', service);
    execute format('create policy reader on feed for select to %I using (%s)', reader, own_council);
end
$$;

-- migrate:down
drop table delivery, feed, feed_end;
drop schema read cascade;
