#!/usr/bin/env bash
# Runs every fuzz test of the project for a while.
#   fuzz.sh [TIME]        TIME for each of them, as go test -fuzztime takes it (default 10s)
set -euo pipefail
time=${1:-10s}
grep -rlE --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do
  grep -oE '^func Fuzz[A-Za-z0-9_]*' "$file" | while read -r _ name; do
    echo "$(dirname "$file") $name"
    go test -run '^$' -fuzz "^$name\$" -fuzztime "$time" -fuzzminimizetime 10x "$(dirname "$file")" </dev/null
  done
done
