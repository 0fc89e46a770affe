-- migrate:up

-- Where each case stands: its own steps and what was heard, folded apart, and what follows from the two.
create table read.standing (
    subject text primary key,
    own jsonb not null default '{}',
    heard jsonb not null default '{}',
    council text,
    status text not null default 'notified',
    waits_for text[] not null default '{}',
    inspector text
);
create index standing_waiting on read.standing (subject) where waits_for <> '{}';
create index standing_of_inspector on read.standing (inspector) where inspector is not null;

-- The duties that are still owed, and those that are done or fallen away.
create table read.clock (
    subject text not null,
    clock text not null,
    instance integer not null,
    due_on date not null,
    owed boolean not null,
    primary key (subject, clock, instance)
);

-- In which council an inspector has declared an interest; `until` is its last day.
create table read.conflict (
    inspector text not null,
    council text not null,
    day date not null,
    until date,
    primary key (inspector, council)
);

-- What a person of a case could be known by, sealed as it came: opened only to see that a text to be shared does not hold it.
create table read.telling (
    subject text not null,
    event uuid not null,
    fields jsonb not null,
    primary key (subject, event)
);

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
    own_council text := $q$(select current_setting('sir.council', true)) in ('*', council)$q$;
    no_council text := $q$(select current_setting('sir.council', true)) = '*'$q$;
    name text;
begin
    foreach name in array array['standing', 'clock', 'conflict', 'telling'] loop
        execute format('grant select, insert, update on read.%I to %I', name, service);
        execute format('alter table read.%I enable row level security', name);
        execute format('create policy service on read.%I to %I using (true)', name, service);
    end loop;
    execute format('grant select on read.standing, read.clock, read.conflict to %I', reader);
    execute format('create policy reader on read.standing for select to %I using (%s)', reader, own_council);
    execute format('create policy reader on read.clock for select to %I using (%s)', reader, no_council);
    execute format('create policy reader on read.conflict for select to %I using (%s)', reader, no_council);
end
$$;

-- migrate:down
drop table read.standing, read.clock, read.conflict, read.telling;
