#!/usr/bin/env bash
# The libraries of the report's page, bundled into web/libraries.js from npm. ./run people calls this. Where no registry answers
# it says so and is no failure: reports then have plain drawings in place of the 3D scene.
set -euo pipefail
cd "$(dirname "$0")"
made_of=$(cat package.json package-lock.json libraries.entry.js | sha256sum)
[ -s libraries.js ] && [ "$(cat libraries.stamp 2>/dev/null)" = "$made_of" ] && exit
log=$(mktemp)
trap 'rm -f "$log"' EXIT
not_made() {
    echo "people: web/libraries.js was not made ($1): reports have no 3D scene" >&2
    exit 0
}
command -v npm >/dev/null || install_missing npm || not_made "npm is not there"
echo "people: getting three, uplot and esbuild" >&2
# No script of a package is run; the lock file pins what is taken by hash.
npm ci --ignore-scripts --no-audit --no-fund --loglevel error --fetch-retries 1 --fetch-retry-mintimeout 1000 >"$log" 2>&1 ||
    not_made "$(grep -m 1 -o 'code .*' "$log" || tail -n 1 "$log")"
npm run --silent build >"$log" 2>&1 || not_made "$(tail -n 1 "$log")"
echo "$made_of" >libraries.stamp
echo "people: made web/libraries.js" >&2
