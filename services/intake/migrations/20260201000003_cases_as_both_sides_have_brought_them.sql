-- migrate:up

-- A case that is there already is filled by `rebuild`.
alter table read.notified
    add column notified_by text,
    add column progress jsonb not null default '{}',
    add column erased boolean not null default false;
update read.notified set notified_by = council;
alter table read.notified alter column notified_by set not null;
create index notified_erased on read.notified (subject) where erased;

-- What the inspectorate said, as it came: asked for at any time and as at any day.
create table read.heard (
    subject text not null,
    version integer not null,
    id uuid not null,
    type text not null,
    schema integer not null,
    recorded timestamptz not null,
    data bytea not null,
    primary key (subject, version)
);

-- What one council has proposed to another, until it is agreed or not.
create table read.transfer (
    subject text primary key,
    reference text not null,
    from_council text not null,
    to_council text not null,
    proposed_on date not null
);
create index transfer_to on read.transfer (to_council);

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
    name text;
begin
    foreach name in array array['heard', 'transfer'] loop
        execute format('grant select, insert, update, delete on read.%I to %I', name, service);
        execute format('alter table read.%I enable row level security', name);
        execute format('create policy service_sees_all on read.%I to %I using (true) with check (true)', name, service);
    end loop;
    execute format('grant select on read.transfer to %I', reader);
    execute format('create policy reader_sees_both_councils on read.transfer for select to %I using (%s)', reader,
                   'current_setting(''sir.council'') in (''*'', from_council, to_council)');
end
$$;

-- migrate:down
drop table read.heard, read.transfer;
alter table read.notified drop column notified_by, drop column progress, drop column erased;
