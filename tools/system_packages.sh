#!/bin/sh
# Installs the Debian packages that tests or measurements need; says plainly what is missing where it may not.
set -eu
case "${1:-test}" in
  test) wanted="chromium fonts-dejavu-core"; tools="chromium" ;;
  bench) wanted="nginx-light wrk gcc libc6-dev"; tools="nginx wrk gcc" ;;
  *) echo "usage: system_packages.sh test|bench" >&2; exit 2 ;;
esac
missing=""
for tool in $tools; do
  PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Missing:$missing. Install these Debian packages and try again: $wanted" >&2
  exit 1
fi
echo "Installing system packages: $wanted"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null
# shellcheck disable=SC2086 # the list is words
apt-get install -y -qq --no-install-recommends $wanted >/dev/null 2>&1 || apt-get install -y $wanted
