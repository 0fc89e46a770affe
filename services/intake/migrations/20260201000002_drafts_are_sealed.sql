-- migrate:up

-- Not an event: what a council has not said yet, sealed. `case_id` is the case that it will become, so that it becomes one only once.
create table draft (
    draft_id uuid primary key,
    case_id uuid not null unique,
    council text not null,
    version integer not null default 1,
    box text not null,
    saved_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null
);
create index draft_expiry on draft (expires_at);
alter table draft enable row level security;

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    execute format('grant select, insert, update, delete on draft to %I', service);
    execute format('grant select on draft to %I', reader);
    execute format('create policy service_sees_all on draft to %I using (true) with check (true)', service);
    execute format('create policy reader_sees_council on draft for select to %I using (%s)', reader,
                   'council = current_setting(''sir.council'') or current_setting(''sir.council'') = ''*''');
end
$$;

-- migrate:down
drop table draft;
