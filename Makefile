.PHONY: build test test-all bench lint fuzz cover demo picture clean

GOLANGCI = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DIRECTUS = 10.13.4 11.8.0 11.17.4 12.3.0 12.4.1
# What decides, and what many goroutines touch: worth the race detector's price.
RACE = $(foreach p,jsvalue jsyaml snapshot threeway merge plan policy directus redact finding atomicfile watch/files watch/alert watch/metrics watch/service,./internal/$(p)/...)
# The packages with tests that need more than `make test` has; all others ran there.
TAGGED = $(shell grep -rlE '^//go:build .*(directus|docker|managers|soak)' --include=*_test.go internal test | xargs -n 1 dirname | sort -u | sed 's|^|./|')
TESTFLAGS ?=

build:
	CGO_ENABLED=0 go build -trimpath -o dist/schemaguard ./cmd/schemaguard

test:
	@test/machine/prepare.sh postgres markdown shells
	go test $(TESTFLAGS) ./...

test-all: test
	@test/machine/prepare.sh postgres directus docker managers race
	CGO_ENABLED=1 go test -race $(RACE)
	go run -tags tools ./test/machine/lab $(DIRECTUS)
	go test -tags directus,docker,managers,soak -timeout 20m $(TESTFLAGS) $(TAGGED)

bench:
	@test/machine/prepare.sh postgres directus
	go run -tags tools ./test/bench -write

lint:
	@test/machine/prepare.sh lint
	@test/machine/lint.sh $(GOLANGCI)

fuzz:
	test/machine/fuzz.sh $(FUZZTIME)

cover:
	go test -coverprofile=cover.out ./... && go tool cover -func=cover.out | tail -n 1

demo: build
	dist/schemaguard demo

picture:
	go run -tags tools ./test/picture docs/refusal.svg

clean:
	rm -rf dist cover.out
