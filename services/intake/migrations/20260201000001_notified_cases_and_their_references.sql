-- migrate:up

create schema if not exists read;

create table read.notified (
    subject text primary key,
    reference text not null,
    council text not null,
    council_reference text,
    incident_type text not null,
    received_at timestamptz not null,
    received_on date not null,
    occurred_on date,
    person bytea,
    version integer not null,
    register_row jsonb,
    status text not null
);
create index notified_in_order on read.notified (received_at, subject);
create index notified_by_council on read.notified (council, received_at, subject);
create index notified_by_reference on read.notified (council, council_reference);
create index notified_by_day on read.notified (council, occurred_on);
create index notified_by_person on read.notified (person, occurred_on) where person is not null;
alter table read.notified enable row level security;

-- One sequence a year: a reference is unique and rises, and no commit waits for another.
do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    for year in 1900..2100 loop
        execute format('create sequence public.reference_%s', year);
    end loop;
    execute format('grant usage on all sequences in schema public to %I', service);
    execute format('grant usage on schema read to %I, %I', service, reader);
    execute format('grant select, insert, update on read.notified to %I', service);
    execute format('grant select on read.notified to %I', reader);
    execute format('create policy service_sees_all on read.notified to %I using (true) with check (true)', service);
    execute format('create policy reader_sees_council on read.notified for select to %I using (%s)', reader,
                   'council = current_setting(''sir.council'') or current_setting(''sir.council'') = ''*''');
end
$$;

-- migrate:down
drop table read.notified;
do $$ begin for year in 1900..2100 loop execute format('drop sequence public.reference_%s', year); end loop; end $$;
