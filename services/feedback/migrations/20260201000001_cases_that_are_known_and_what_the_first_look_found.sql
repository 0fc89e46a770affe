-- migrate:up

-- Read models: made from events, made again by a rebuild.
create schema if not exists read;

create table read.known_case (
    subject text primary key,
    council text not null,
    reference text not null,
    received_at timestamptz not null,
    received_on date not null,
    origin text not null,
    incident_type text not null,
    criteria text[] not null,
    orders text[] not null,
    mappa boolean not null,
    -- The rules that the notification does not meet; shown to whoever looks first.
    flags text[] not null,
    withdrawn boolean not null
);
create index known_case_received on read.known_case (received_at, subject);

create table read.triaged (
    subject text primary key,
    council text not null,
    outcome text not null,
    day date not null,
    duplicate_of text
);
create index triaged_duplicate_of on read.triaged (duplicate_of) where duplicate_of is not null;

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
    own_council text := $q$(select current_setting('sir.council', true)) in ('*', council)$q$;
    name text;
begin
    execute format('grant usage on schema read to %I, %I', service, reader);
    foreach name in array array['known_case', 'triaged'] loop
        execute format('grant select, insert, update on read.%I to %I', name, service);
        execute format('grant select on read.%I to %I', name, reader);
        execute format('alter table read.%I enable row level security', name);
        execute format('create policy service on read.%I to %I using (true)', name, service);
        execute format('create policy reader on read.%I for select to %I using (%s)', name, reader, own_council);
    end loop;
end
$$;

-- migrate:down
drop schema read cascade;
