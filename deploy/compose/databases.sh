#!/bin/sh
# A database and a login role for each service, the role it reads with, and the key database; run once, by the postgres image, on an empty volume.
set -eu
for service in intake deadlines notification feedback statistics; do
    psql --set ON_ERROR_STOP=1 --set role="sir_$service" --set reader="sir_${service}_query" <<'SQL'
\getenv password SIR_ROLES_PASSWORD
create role :"role" login password :'password';
create role :"reader" nologin;
grant :"reader" to :"role";
create database :"role";
SQL
done
psql --set ON_ERROR_STOP=1 --command 'create database sir_keys' --command "comment on database sir_keys is 'sir.stack.containers'"
