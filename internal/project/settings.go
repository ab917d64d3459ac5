package project

import (
	"path"
	"strconv"
	"strings"
)

// SchemaURL is where the JSON Schema of the settings file is published.
const SchemaURL = "https://raw.githubusercontent.com/schemaguard/schemaguard/main/docs/config.schema.json"

// Settings returns the text of a .schemaguard.yaml for the project: the values
// that differ from the defaults, and as comments what else was found. directus is
// the compose service that runs Directus, "" when none or when it is the only
// candidate.
func (p *Project) Settings(directus string) []byte {
	var b strings.Builder
	line := func(s ...string) { b.WriteString(strings.Join(s, "") + "\n") }
	line("# yaml-language-server: $schema=", SchemaURL)
	line("# Every key is explained in docs/configuration.md; what is not set is found or has a default.")
	line("snapshot:")
	file, note := p.snapshotPath()
	line("  path: ", scalar(file), note)
	for i, s := range p.Snapshots {
		if i > 0 && i < 6 {
			line("  # also a snapshot: ", comment(s.Path))
		}
	}
	if s, pkg, ok := p.snapshotScript(); ok {
		line("  # The team's own command is then run and verified:")
		line("  # command: ", scalar(inFolder(s.Command, path.Dir(pkg.Path))))
	}
	if directus != "" {
		line("directus:")
		line("  service: ", scalar(directus))
	}
	if len(p.Compose) > 0 && path.Dir(p.Compose[0]) != "." {
		line("compose:")
		line("  files: [", scalar(p.Compose[0]), "]")
	}
	return []byte(b.String())
}

// snapshotPath is the snapshot file: the likeliest found, else what a script
// writes, else the default.
func (p *Project) snapshotPath() (file, note string) {
	if len(p.Snapshots) > 0 {
		return p.Snapshots[0].Path, " # written by Directus " + comment(p.Snapshots[0].Directus)
	}
	if s, pkg, ok := p.snapshotScript(); ok && s.Output != "" && !path.IsAbs(s.Output) {
		if joined := path.Join(path.Dir(pkg.Path), s.Output); !strings.HasPrefix(joined, "../") {
			return joined, " # named by " + comment(pkg.Path)
		}
	}
	return "snapshots/schema.yaml", " # not there yet: schemaguard snapshot writes it"
}

func (p *Project) snapshotScript() (Script, Package, bool) {
	for _, pkg := range p.Packages {
		if len(pkg.Scripts) > 0 {
			return pkg.Scripts[0], pkg, true
		}
	}
	return Script{}, Package{}, false
}

// inFolder runs a command in a folder below the project's root.
func inFolder(command, dir string) string {
	if dir == "." {
		return command
	}
	return "cd '" + strings.ReplaceAll(dir, "'", `'\''`) + "' && " + command
}

// scalar writes a text as a YAML scalar: plain where nothing could be misread,
// else in double quotes, whose escapes YAML shares with JSON.
func scalar(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") == "" &&
		(s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z') && strings.ContainsAny(s, "./-_")
	if plain || isWord(s) {
		return s
	}
	return strconv.QuoteToASCII(s)
}

// isWord reports a lower-case word that YAML 1.1 does not read as a boolean.
func isWord(s string) bool {
	switch s {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null":
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// comment keeps a text on its line.
func comment(s string) string { return printable(s) }

// printable replaces what a terminal or a line of YAML would obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
