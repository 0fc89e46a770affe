#!/bin/sh
# Bring every database to the newest shape, as the server's owner.
set -eu
server="postgresql://postgres:$POSTGRES_PASSWORD@postgres:5432"
migrate() { database=$1 && shift && DATABASE_URL="$server/$database?sslmode=disable" dbmate --wait --no-dump-schema "$@" migrate; }
migrate sir_keys --migrations-dir /services/chassis/sql/keys
for service in intake deadlines notification feedback statistics; do
    migrate "sir_$service" --migrations-dir /services/chassis/sql --migrations-dir "/services/$service/migrations"
done
