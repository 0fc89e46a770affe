-- migrate:up

create table subject_key (
    subject text primary key,
    wrapped bytea,
    created timestamptz not null default clock_timestamp(),
    destroyed timestamptz,
    check ((wrapped is null) = (destroyed is not null))
);

-- One service makes and destroys keys; two read them.
grant select, insert, update on subject_key to sir_intake;
grant select on subject_key to sir_feedback, sir_notification;

-- migrate:down
drop table subject_key;
