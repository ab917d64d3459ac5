// Package hooks holds the scripts that git runs: POSIX sh, for dash and busybox as well, each put together from the
// parts beside this file. It knows what the scripts say and which of them are its own; where they go is
// internal/hookfile's to decide.
package hooks

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

//go:embed *.sh
var parts embed.FS

// Events are the git hooks there is a script for, those that refuse first.
func Events() []string {
	return []string{"pre-commit", "pre-merge-commit", "pre-push", "post-merge", "post-checkout", "post-rewrite"}
}

// Refuses tells whether the hook of an event may refuse what git is about to do.
func Refuses(event string) bool { return strings.HasPrefix(event, "pre-") }

// What a script can be besides the hook of an event.
const (
	Merge    = "merge"    // the merge driver
	Textconv = "textconv" // what git diff shows
)

const (
	shebang  = "#!/bin/sh\n"
	marker   = "# schemaguard script: "
	advice   = "# Written by \"schemaguard install\". \"schemaguard uninstall\" takes it out again and puts back what was here.\n"
	checksum = "# checksum of the lines below: "
)

// Before is what the name of a hook that was there before ours ends with.
const Before = ".before-schemaguard"

// Script returns the script called name: an event, [Merge] or [Textconv]. program is the absolute path of schemaguard,
// empty to look for it each time; settings is the settings file from the top of the working tree, empty where
// schemaguard finds it by itself.
func Script(name, program, settings string) (string, error) {
	files, err := partsOf(name)
	if err != nil {
		return "", err
	}
	var body strings.Builder
	fmt.Fprintf(&body, "installed=%s\n", Quote(program))
	if slices.Contains(Events(), name) {
		fmt.Fprintf(&body, "hook=%s\nsettings=%s\n", Quote(name), Quote(settings))
	}
	for _, file := range files {
		data, err := parts.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading the embedded script %s: %w", file, err)
		}
		body.WriteString("\n")
		body.Write(data)
	}
	return shebang + marker + name + "\n" + advice + checksum + sum(body.String()) + "\n" + body.String(), nil
}

func partsOf(name string) ([]string, error) {
	switch {
	case name == Merge, name == Textconv:
		return []string{"program.sh", name + ".sh"}, nil
	case slices.Contains(Events(), name) && Refuses(name):
		return []string{"program.sh", "previous.sh", "refuse.sh"}, nil
	case slices.Contains(Events(), name):
		return []string{"program.sh", "previous.sh", "tell.sh"}, nil
	}
	return nil, errors.New("there is no script for the hook " + name)
}

// Owner says whose a script is.
type Owner int

// The owners of a script.
const (
	Foreign Owner = iota // not written by schemaguard
	Ours                 // as it was written by some version of schemaguard
	Edited               // written by schemaguard, and changed by somebody since
)

// OwnerOf returns whose the content of a script is.
func OwnerOf(content string) Owner {
	rest, ok := strings.CutPrefix(content, shebang+marker)
	if !ok {
		if strings.Contains(content, "\n"+marker) {
			return Edited
		}
		return Foreign
	}
	_, rest, _ = strings.Cut(rest, checksum)
	digest, body, ok := strings.Cut(rest, "\n")
	if !ok || digest != sum(body) {
		return Edited
	}
	return Ours
}

func sum(body string) string {
	digest := sha256.Sum256([]byte(body))
	return hex.EncodeToString(digest[:])
}

// Quote makes one word of POSIX sh of any text without a NUL.
func Quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
