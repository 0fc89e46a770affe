-- migrate:up

alter table read.clock
    add column reason text,
    add column due_before date,
    add column moved_by text,
    add column sequence integer not null default 0,
    add column changed timestamptz not null default '-infinity';

-- One row a threshold of a clock; `fires_from` is null once it was said, or when nothing is left to be said.
create table read.reminder (
    subject text not null,
    clock text not null,
    instance integer not null,
    due_on date not null,
    threshold text not null,
    remind_on date not null,
    party text not null,
    said boolean not null,
    fires_from timestamptz,
    primary key (subject, clock, instance, due_on, threshold)
);
create index reminder_to_say on read.reminder (fires_from) where fires_from is not null;
alter table read.reminder enable row level security;

-- What goes out, one row a channel, kept as the proof that it went. Not made from events: a rebuild sends nothing.
create table message (
    event_id uuid not null,
    channel text not null,
    subject text not null,
    kind text not null,
    clock text not null,
    threshold text not null,
    due_on date not null,
    recipient text not null,
    reference text not null,
    queued timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    next_attempt timestamptz not null default clock_timestamp(),
    delivered timestamptz,
    evidence text,
    fault text,
    primary key (event_id, channel)
);
create index message_waiting on message (next_attempt) where delivered is null;

-- Secret addresses of calendars: only a digest of each, so that nobody who reads this table can use one.
create table calendar_address (
    digest bytea primary key,
    role text not null,
    actor text not null,
    council text,
    made timestamptz not null default clock_timestamp(),
    ended timestamptz
);
create unique index calendar_address_in_use on calendar_address (role, actor, coalesce(council, '')) where ended is null;

do $$
declare
    service text := split_part(current_database(), '__', 1);
begin
    execute format('grant select, insert, update on read.reminder, message, calendar_address to %I', service);
    execute format('create policy service_sees_all on read.reminder to %I using (true) with check (true)', service);
end
$$;

-- migrate:down
drop table calendar_address, message, read.reminder;
alter table read.clock drop column reason, drop column due_before, drop column moved_by, drop column sequence, drop column changed;
