-- migrate:up

-- The first submission of a case is the one that counts, and nothing changes it; what each check shows is true where it is evidenced.
create table read.review (
    subject uuid primary key,
    submitted_on date not null,
    kind text not null,
    grade text,
    risk_assessment_completed boolean not null,
    risk_assessment_up_to_date boolean not null,
    risk_management_plan boolean not null,
    plan_informed_by_assessment boolean not null,
    order_reviews boolean not null,
    known_from timestamptz not null
);

-- Whether the case is under MAPPA: its review waits for a decision.
alter table read.said add column mappa boolean not null default false;
alter table read.said alter column mappa drop default;

do $$
declare
    service text := split_part(current_database(), '__', 1);
    reader text := service || '_query';
begin
    execute format('grant select, insert, update, delete on read.review to %I', service);
    execute format('grant select on read.review to %I', reader);
end
$$;

-- migrate:down
alter table read.said drop column mappa;
drop table read.review;
