// Package schemaguard holds the example project that stands at the top of this
// repository, for the demo to carry along. The program is in cmd/schemaguard.
package schemaguard

import "embed"

// Example is the example project: db-init/*.sql and snapshots/schema.yaml.
//
//go:embed db-init/*.sql snapshots/schema.yaml
var Example embed.FS
