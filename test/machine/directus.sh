#!/usr/bin/env bash
# A real Directus of a given version, for the tests and for making the example project.
#   directus.sh install VERSION           installs it from npm once (650 MB) and prints its folder
#   directus.sh run VERSION DB ARG...     runs its command line against database DB
# Postgres is found by PGHOST (a socket folder will do), PGPORT, PGUSER, PGPASSWORD.
# The installs are kept below $SCHEMAGUARD_LAB (default: ~/.cache/schemaguard-lab).
set -euo pipefail
lab=${SCHEMAGUARD_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/schemaguard-lab}
node_major=24 # Directus 12 needs Node 22 or newer, and the one that npm itself runs on may be older

say() { printf 'directus.sh: %s\n' "$*" >&2; }

need_npm() {
  command -v npm >/dev/null && return
  say "npm is needed to install a real Directus: apt-get install -y nodejs npm"
  exit 1
}

# npm_install FOLDER: what its package.json asks for, with no install scripts of anybody.
npm_install() {
  (cd "$1" && npm install --ignore-scripts --no-audit --no-fund --legacy-peer-deps --loglevel=error >&2)
}

node_folder() {
  local dir=$lab/node arch
  case $(uname -m) in aarch64 | arm64) arch=arm64 ;; *) arch=x64 ;; esac
  local package=node-linux-$arch
  [ "$(uname -s)" = Darwin ] && package=node-darwin-$arch
  if [ ! -x "$dir/node_modules/$package/bin/node" ]; then
    need_npm
    mkdir -p "$dir"
    printf '{"private":true,"dependencies":{"%s":"%s"}}\n' "$package" "$node_major" >"$dir/package.json"
    npm_install "$dir"
  fi
  printf '%s\n' "$dir/node_modules/$package/bin"
}

write_package() { # FOLDER VERSION
  mkdir -p "$1/ivm-stub"
  # isolated-vm runs the scripts of flows, needs a compiler to install, and no schema command touches it.
  printf '{"name":"isolated-vm","version":"6.0.0","main":"i.js"}\n' >"$1/ivm-stub/package.json"
  printf '%s\n' 'class X { constructor() { throw new Error("isolated-vm is a stub here") } }' \
    'module.exports = { Isolate: X, Reference: X, Callback: X, ExternalCopy: X, Script: X, Module: X, Context: X };' >"$1/ivm-stub/i.js"
  # shellcheck disable=SC2016 # npm resolves $isolated-vm, not the shell
  local overrides='"isolated-vm":"$isolated-vm"'
  # The admin app is not opened by any test, so one that npm still serves will do.
  [ "$2" = 12.4.1 ] && overrides+=',"@directus/app":"18.0.0"'
  printf '{"private":true,"dependencies":{"directus":"%s","pg":"*","isolated-vm":"file:./ivm-stub"},"overrides":{%s}}\n' \
    "$2" "$overrides" >"$1/package.json"
}

install() {
  local dir=$lab/directus-$1
  mkdir -p "$dir"
  (
    if command -v flock >/dev/null; then flock 9; fi # test packages run side by side
    if [ ! -e "$dir/.done" ]; then
      need_npm
      say "installing directus $1 from npm"
      write_package "$dir" "$1"
      npm_install "$dir"
      touch "$dir/.done"
    fi
  ) 9>"$dir/.lock"
  printf '%s\n' "$dir"
}

run() {
  local version=$1 database=$2 dir node here=$PWD args=() arg
  shift 2
  dir=$(install "$version")
  node=$(node_folder)
  for arg; do
    case $arg in /*) ;; *.yaml | *.yml | *.json) arg=$here/$arg ;; esac
    args+=("$arg")
  done
  work=$(mktemp -d) # a .env in the current folder would win over the environment
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  printf '{}\n' >package.json
  env PATH="$node:$PATH" KEY=test SECRET=test-secret-test-secret-test-secret TELEMETRY=false LOG_LEVEL="${LOG_LEVEL:-warn}" \
    DB_CLIENT=pg DB_HOST="${PGHOST:-127.0.0.1}" DB_PORT="${PGPORT:-5432}" DB_USER="${PGUSER:-postgres}" DB_PASSWORD="${PGPASSWORD:-}" \
    DB_DATABASE="$database" ADMIN_EMAIL=admin@example.com ADMIN_PASSWORD=test-password ADMIN_TOKEN=test-token \
    HOST=127.0.0.1 PORT="${PORT:-8055}" node "$dir/node_modules/directus/cli.js" "${args[@]}"
}

case ${1:-} in
  install) install "${2:?which version?}" ;;
  run) shift && run "$@" ;;
  *)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
