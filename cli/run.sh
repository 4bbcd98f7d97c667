#!/bin/sh
# cli/run.sh PROGRAM.ts …: runs one of the project's programs with its own Node, or says what is missing.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/node ]; then
  echo 'Nothing is set up in this checkout yet: run `npm run setup` first.' >&2
  exit 1
fi
# Compiled once: most of a preview is the loading of libraries.
export NODE_COMPILE_CACHE="$PWD/node_modules/.cache/node"
exec node_modules/.bin/node -r ./setup/typescript.cjs "$@"
