#!/bin/sh
# Runs postgresql.sql once, when the container of the database makes its data, with the passwords of its environment.
set -eu
sed -e "s/change-this-owner-password/$SUNDIAL_OWNER_PASSWORD/" -e "s/change-this-app-password/$SUNDIAL_APP_PASSWORD/" \
  "${SUNDIAL_SQL:-/opt/postgresql.sql}" | psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --no-password
