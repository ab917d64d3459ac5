#!/usr/bin/env bash
# Everything that can be said about the project without running it.
#   lint.sh [GOLANGCI_LINT_MODULE@VERSION]     without the module: only what takes seconds
set -euo pipefail

unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
  printf 'not formatted (fix: gofmt -w .):\n%s\n' "$unformatted" >&2
  exit 1
fi
go vet ./...
go vet -tags directus,docker,managers,soak,tools ./...
if ! untidy=$(go mod tidy -diff 2>&1); then
  printf 'go.mod or go.sum is not tidy (fix: go mod tidy):\n%s\n' "$(head -n 30 <<<"$untidy")" >&2
  exit 1
fi
git ls-files -z '*.sh' .ci hooks | xargs -0 grep -lZE '^#!.*\b(ba|da)?sh\b' | xargs -0 shellcheck
[ $# -eq 0 ] || go run "$1" run --build-tags directus,docker,managers,soak,tools ./...
