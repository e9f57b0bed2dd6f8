#!/bin/sh
# Restarts the web processes behind nginx one after the other; no request is lost.
# Each is first taken out of nginx, given time to end what it has, restarted, and put back when it is ready.
#
#   rolling-restart.sh 8001 8002
#
# What it does can be told otherwise: WEBS (the file that nginx includes), RELOAD, RESTART ("PORT" is replaced),
# DRAIN (seconds for what is open), READY_WITHIN (seconds for a start).
set -eu
WEBS="${WEBS:-/etc/nginx/sundial/webs.conf}"
RELOAD="${RELOAD:-nginx -s reload}"
RESTART="${RESTART:-systemctl restart sundial-web@PORT}"
DRAIN="${DRAIN:-5}"
READY_WITHIN="${READY_WITHIN:-60}"
[ $# -ge 2 ] || { echo "usage: rolling-restart.sh PORT PORT…: one of them serves while another restarts" >&2; exit 2; }

# Writes who serves; $1 is left out.
serving() {
  without="$1"
  shift
  for one in "$@"; do
    [ "$one" = "$without" ] || echo "server 127.0.0.1:$one;"
  done >"$WEBS.new"
  mv "$WEBS.new" "$WEBS"
  sh -c "$RELOAD"
}

ready() {
  curl --fail --silent --output /dev/null --max-time 2 "http://127.0.0.1:$1/readyz"
}

# Whatever happens in between, nginx ends up with all of them: it passes over one that does not answer.
trap 'serving none "$@"' EXIT
for port in "$@"; do
  echo "$port: out of the proxy"
  serving "$port" "$@"
  sleep "$DRAIN"
  echo "$port: restarting"
  sh -c "$(echo "$RESTART" | sed "s/PORT/$port/g")"
  waited=0
  until ready "$port"; do
    waited=$((waited + 1))
    [ "$waited" -le "$READY_WITHIN" ] || { echo "$port is not ready after $READY_WITHIN s; the others serve on" >&2; exit 1; }
    sleep 1
  done
  echo "$port: ready"
  serving none "$@"
done
