package command

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"time"
)

// versionTimeout bounds `directus --version`.
const versionTimeout = 30 * time.Second

// Version is a version of Directus and who says so.
type Version struct{ Version, Source string }

var versionText = regexp.MustCompile(`\b\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?\b`)

// Version says which Directus is installed here: by the package.json of the
// installed package, else by asking the command itself, where words are given.
// It is zero where nobody says.
func (s Site) Version(ctx context.Context, words, environ []string) Version {
	for _, dir := range s.packages(words) {
		file := filepath.Join(dir, "package.json")
		data, err := s.readFile(file)
		if err != nil {
			continue
		}
		var pkg struct{ Name, Version string }
		if json.Unmarshal(data, &pkg) == nil && pkg.Name == "directus" && pkg.Version != "" {
			return Version{pkg.Version, file}
		}
	}
	if len(words) == 0 {
		return Version{}
	}
	var out bytes.Buffer
	ended, err := Run(ctx, Options{
		Words: append(append([]string{}, words...), "--version"), Dir: s.Dir, Environ: environ,
		Stdout: &out, Timeout: versionTimeout,
	})
	if err != nil || ended.Code != 0 {
		return Version{}
	}
	if all := versionText.FindAllString(out.String(), -1); len(all) > 0 {
		return Version{all[len(all)-1], name(words) + " --version"}
	}
	return Version{}
}

// packages are the folders that the package directus may lie in.
func (s Site) packages(words []string) []string {
	var dirs []string
	if len(words) > 1 && filepath.Base(words[1]) == "cli.js" {
		dirs = append(dirs, filepath.Dir(words[1]))
	}
	return append(dirs, image, filepath.Join(image, "node_modules", "directus"), filepath.Join(s.Dir, "node_modules", "directus"))
}
