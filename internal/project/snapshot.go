package project

import (
	"errors"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
)

// headerSize is how much of a file decides whether it is a snapshot: its header
// stands in the first lines.
const headerSize = 4096

// A Snapshot is a file that begins like a Directus snapshot.
type Snapshot struct {
	Path     string
	Format   string // "yaml" or "json"
	Directus string // the version that wrote it, "" when the header has none
	Vendor   string // "postgres", ... ; "" when the header has none
}

var (
	yamlHeader = regexp.MustCompile(`(?m)^(version|directus|vendor|collections|fields|systemFields|relations):[ \t]*(.*?)[ \t]*$`)
	jsonHeader = regexp.MustCompile(`"(version|directus|vendor|collections)"\s*:\s*("[^"]*"|[0-9]+|\[)`)
)

// readSnapshot looks at the beginning of a file.
func readSnapshot(name string) (Snapshot, bool) {
	f, err := os.Open(name)
	if err != nil {
		return Snapshot{}, false
	}
	defer f.Close()
	head := make([]byte, headerSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Snapshot{}, false
	}
	return parseHeader(string(head[:n]), strings.EqualFold(path.Ext(name), ".json"))
}

// parseHeader recognises a snapshot by "directus" beside "version", and by
// "collections" where they stand within reach.
func parseHeader(head string, isJSON bool) (Snapshot, bool) {
	s, header := Snapshot{Format: "yaml"}, yamlHeader
	if isJSON {
		s.Format, header = "json", jsonHeader
		if i := strings.IndexByte(head, '['); i >= 0 {
			head = head[:i+1] // what is inside collections is not the header
		}
	}
	seen := make(map[string]bool)
	for _, m := range header.FindAllStringSubmatch(head, -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		value := strings.Trim(strings.TrimSpace(m[2]), `"'`)
		switch m[1] {
		case "directus":
			s.Directus = value
		case "vendor":
			s.Vendor = value
		}
	}
	// A partial snapshot of Directus 11 and older ones may lack the vendor.
	return s, seen["version"] && seen["directus"] && exactVersion(s.Directus)
}

// cost ranks snapshots: the usual place first, then the usual names, then what
// lies near the root.
func (s Snapshot) cost() int {
	cost := 10 + strings.Count(s.Path, "/")
	base := strings.TrimSuffix(path.Base(s.Path), path.Ext(s.Path))
	dir := path.Base(path.Dir(s.Path))
	if s.Path == "snapshots/schema.yaml" {
		return 0
	}
	if base == "schema" || base == "snapshot" {
		cost -= 4
	}
	if dir == "snapshots" || dir == "snapshot" || dir == "schema" {
		cost -= 2
	}
	for _, word := range []string{"test", "fixture", "example", "backup", "old"} {
		if strings.Contains(strings.ToLower(s.Path), word) {
			cost += 20
		}
	}
	return cost
}
