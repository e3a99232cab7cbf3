#!/bin/sh
# Starts a command with the database's password from its secret file, which Dagster reads from the
# environment alone.
OUTCOMES_DAGSTER_DB_PASSWORD="$(cat /run/secrets/database_password)"
export OUTCOMES_DAGSTER_DB_PASSWORD
exec "$@"
