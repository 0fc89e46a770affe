-- migrate:up

create schema if not exists read;

-- What other services have said of a case, folded: all that its clocks follow from.
create table read.case_facts (
    subject text primary key,
    facts jsonb not null
);

create table read.known_case (
    subject text primary key,
    council text not null,
    reference text not null,
    received_on date not null
);

-- One row a clock. Whether it is running, met or missed is asked with today's date; it is not kept, since nothing happens at midnight.
create table read.clock (
    subject text not null,
    clock text not null,
    instance integer not null,
    council text not null,
    day_zero date not null,
    due_on date not null,
    policy text not null,
    calendar text not null,
    held_on date,
    stopped_on date,
    cancelled_on date,
    judged_from timestamptz,
    primary key (subject, clock, instance)
);
create index clock_by_due_day on read.clock (due_on, subject, clock, instance);
create index clock_by_council on read.clock (council, due_on, subject, clock, instance);
create index clock_still_owed on read.clock (due_on, subject, clock, instance)
    where stopped_on is null and cancelled_on is null and held_on is null;
create index clock_to_judge on read.clock (judged_from) where judged_from is not null;

alter table read.case_facts enable row level security;
alter table read.known_case enable row level security;
alter table read.clock enable row level security;

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
    own text := 'council = current_setting(''sir.council'') or current_setting(''sir.council'') = ''*''';
begin
    execute format('grant usage on schema read to %I, %I', service, reader);
    execute format('grant select, insert, update on read.case_facts, read.known_case, read.clock to %I', service);
    execute format('grant select on read.known_case, read.clock to %I', reader);
    execute format('create policy service_sees_all on read.case_facts to %I using (true) with check (true)', service);
    execute format('create policy service_sees_all on read.known_case to %I using (true) with check (true)', service);
    execute format('create policy service_sees_all on read.clock to %I using (true) with check (true)', service);
    execute format('create policy reader_sees_council on read.known_case for select to %I using (%s)', reader, own);
    execute format('create policy reader_sees_council on read.clock for select to %I using (%s)', reader, own);
end
$$;

-- migrate:down
drop table read.clock, read.known_case, read.case_facts;
