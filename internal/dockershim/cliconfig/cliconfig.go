// Package cliconfig reads and edits the list of additional plugin directories, cliPluginsExtraDirs, in the
// configuration file of the docker command, whose every other byte it leaves alone.
//
// It refuses to touch a file that is not one JSON object, as docker would.
package cliconfig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FileName is the name of the file in docker's configuration directory.
const FileName = "config.json"

// key is the name of the list. Like docker, which reads with encoding/json, it is known in any case of letters.
// https://github.com/docker/cli/blob/v28.5.1/cli/config/configfile/file.go
const key = "cliPluginsExtraDirs"

// Dir is docker's configuration directory: DOCKER_CONFIG, else ~/.docker.
// https://github.com/docker/cli/blob/v28.5.1/cli/config/config.go (Dir)
func Dir(env func(string) string) string {
	if dir := env("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if h := env("HOME"); h != "" || err != nil {
		home = h
	}
	return filepath.Join(home, ".docker")
}

// Dirs returns the list.
func Dirs(data []byte) ([]string, error) {
	var file struct {
		Dirs []string `json:"cliPluginsExtraDirs"`
	}
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&file); err != nil {
		return nil, fmt.Errorf("reading docker's configuration: %w", err)
	}
	return file.Dirs, nil
}

// Add returns data with dir as the first of the list, in which it is once; dir is not empty. No data is a file that does not
// exist yet.
func Add(data []byte, dir string) ([]byte, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return []byte("{\n\t\"" + key + "\": [" + quote(dir) + "]\n}\n"), nil
	}
	if dirs, err := Dirs(data); err == nil && slices.Index(dirs, dir) == 0 && !slices.Contains(dirs[1:], dir) {
		return data, nil
	}
	data, err := Remove(data, dir)
	if err != nil {
		return nil, err
	}
	o, list, err := read(data)
	if err != nil {
		return nil, err
	}
	switch {
	case list == nil:
		return o.append(quote(key), "["+quote(dir)+"]"), nil
	case data[list.value] == 'n': // null
		return splice(data, list.value, list.end, "["+quote(dir)+"]"), nil
	}
	items := listItems(data, *list)
	if len(items) == 0 {
		return splice(data, list.value, list.end, "["+quote(dir)+"]"), nil
	}
	first := items[0].start
	return splice(data, first, first, quote(dir)+","+before(data, first, list.value+1)), nil
}

// Remove returns data without dir in the list, and without the list where nothing else is in it. It undoes
// Add to the byte.
func Remove(data []byte, dir string) ([]byte, error) {
	for {
		o, list, err := read(data)
		if err != nil || list == nil || data[list.value] == 'n' {
			return data, err
		}
		items := listItems(data, *list)
		i := slices.IndexFunc(items, func(it span) bool { return decoded(it.text(data)) == dir })
		switch {
		case i < 0:
			return data, nil
		case len(items) == 1:
			return o.remove(*list), nil
		case i+1 < len(items):
			data = splice(data, items[i].start, items[i+1].start, "")
		default:
			data = splice(data, items[i-1].end, items[i].end, "")
		}
	}
}

// IsEmpty tells whether data is an object with nothing in it.
func IsEmpty(data []byte) bool {
	o, err := scan(data)
	return err == nil && len(o.members) == 0
}

// read finds the list among the members of the object; nil where there is none.
func read(data []byte) (object, *member, error) {
	o, err := scan(data)
	if err != nil {
		return o, nil, err
	}
	var list *member
	for i, m := range o.members {
		if !strings.EqualFold(decoded(data[m.start:m.keyEnd]), key) {
			continue
		}
		if list != nil {
			return o, nil, fmt.Errorf("reading docker's configuration: %s is there twice", key)
		}
		list = &o.members[i]
	}
	if list != nil {
		if _, err := Dirs(data); err != nil || data[list.value] != '[' && data[list.value] != 'n' {
			return o, nil, errors.New("reading docker's configuration: " + key + " is no list of texts")
		}
	}
	return o, list, nil
}

func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string always encodes
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func decoded(text []byte) string {
	var s string
	if json.Unmarshal(text, &s) != nil {
		return ""
	}
	return s
}

func splice(data []byte, start, end int, text string) []byte {
	return slices.Concat(data[:start], []byte(text), data[end:])
}
