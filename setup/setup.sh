#!/bin/sh
# Brings a fresh Debian 12 machine to where `up` works, and does nothing where nothing is missing: system packages,
# npm packages (Node 24 among them), then setup/main.ts. `--with-tests` adds what only the tests need.
set -eu
cd "$(dirname "$0")/.."
# One set-up at a time on a machine; --close keeps the lock out of the daemons that this starts.
lock=/run/lock/autoqa-staging.setup
if [ "$(id -u)" = 0 ] && [ -z "${AUTOQA_STAGING_SETUP-}" ]; then
  export AUTOQA_STAGING_SETUP=locked
  flock --nonblock --close "$lock" true || echo "setup: waiting for another set-up on this machine to end" >&2
  exec flock --close "$lock" sh setup/setup.sh "$@"
fi
# Standard output is of the command that needs the set-up: `npm run up -- --json`.
say() { echo "setup: $*" >&2; }
fail() {
  say "$1"
  exit 1
}

wanted=$(cat setup/system-packages)
if [ "${1-}" = --with-tests ]; then wanted="$wanted $(cat setup/test-packages)"; fi
missing=
for package in $wanted; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || fail "these packages are missing, and there is no apt-get to install them:$missing"
  [ "$(id -u)" = 0 ] || fail "these system packages are missing; run this once as root:$missing"
  say "installing system packages:$missing"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  add_packages() { apt-get -q update && apt-get -q install --yes --no-install-recommends $missing; }
  # Where the last set-up was killed in the middle, dpkg says that it has to go on first.
  go_on() { grep -q 'dpkg --configure -a' "$log" && dpkg --configure -a && add_packages; }
  if ! { add_packages || go_on; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    fail "apt-get could not install them (its last lines are above, all of it is in $log). Mend that and run this again."
  fi
  rm -f "$log"
fi

if ! cmp -s package-lock.json node_modules/.package-lock.installed; then
  command -v npm >/dev/null || fail "npm is missing: install Node and npm first (apt-get install npm)."
  say "installing npm packages, Node 24 among them"
  npm ci --loglevel=error --no-audit --no-fund >&2 || fail "npm ci failed; its messages are above."
  cp package-lock.json node_modules/.package-lock.installed
fi

exec node_modules/.bin/node -r ./setup/typescript.cjs setup/main.ts
