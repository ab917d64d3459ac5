// Package directuslab runs a real Directus of any published version, so that tests can ask it instead of believing us.
//
// It installs from npm into a folder that is kept, and runs the command line or the server against a Postgres that the caller
// brings. It is for tests and for the program that makes the conformance fixtures: nothing of the product may import it.
//
//	lab, err := directuslab.Open()
//	res, err := lab.Run(ctx, "12.4.1", dsn, nil, "schema", "snapshot", "--yes", file)
//
// Needed on the machine: npm (any node that runs it), Linux or macOS. The Node that runs Directus comes from npm as well.
package directuslab

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/schemaguard/schemaguard/internal/directus"
)

// nodeVersion is the Node major that runs every Directus: 12 needs 22 or newer, and 10.13 runs on it too.
const nodeVersion = "24"

// Lab is the folder that holds what was installed.
type Lab struct{ dir string }

// ErrNoNPM is returned by [Open] where npm is missing, so that a test can say so and skip.
var ErrNoNPM = errors.New("npm is not installed: sudo apt-get install -y npm")

// Open returns the lab at $SCHEMAGUARD_LAB, by default schemaguard-lab in the user's cache folder. It installs nothing yet.
// The error is [ErrNoNPM] where npm is missing.
func Open() (*Lab, error) {
	if _, err := exec.LookPath("npm"); err != nil {
		return nil, ErrNoNPM
	}
	if dir := os.Getenv("SCHEMAGUARD_LAB"); dir != "" {
		return &Lab{dir}, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("finding a folder to install Directus in: %w", err)
	}
	return &Lab{filepath.Join(cache, "schemaguard-lab")}, nil
}

// Install installs that Directus unless it is there, which takes about 650 MB and half a minute, and returns its folder.
func (l *Lab) Install(ctx context.Context, version string) (string, error) {
	return l.install(ctx, "directus-"+version, func(dir string) error { return writeProject(dir, version) })
}

// install makes folder name complete: prepare writes its package.json, npm does the rest. It happens in a folder of another
// name that is renamed at the end, so that a folder with a .done file is always whole, also when two processes install at once.
func (l *Lab) install(ctx context.Context, name string, prepare func(dir string) error) (string, error) {
	final := filepath.Join(l.dir, name)
	if _, err := os.Stat(filepath.Join(final, ".done")); err == nil {
		return final, nil
	}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return "", fmt.Errorf("making %s: %w", l.dir, err)
	}
	building, err := os.MkdirTemp(l.dir, name+".building-")
	if err != nil {
		return "", fmt.Errorf("making a folder for %s: %w", name, err)
	}
	defer os.RemoveAll(building)
	if err := prepare(building); err != nil {
		return "", fmt.Errorf("preparing %s: %w", name, err)
	}
	cmd := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--loglevel=error")
	cmd.Dir = building
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("installing %s with npm: %w: %s", name, err, bytes.TrimSpace(out))
	}
	if err := os.WriteFile(filepath.Join(building, ".done"), nil, 0o644); err != nil {
		return "", fmt.Errorf("finishing %s: %w", name, err)
	}
	return final, replace(building, final)
}

// replace moves a finished folder to its place. A folder there that another process finished meanwhile is as good; one that
// was never finished goes.
func replace(building, final string) error {
	if err := os.Rename(building, final); err == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(final, ".done")); err == nil {
		return nil
	}
	if err := os.RemoveAll(final); err != nil {
		return fmt.Errorf("removing what is left of an interrupted install: %w", err)
	}
	if err := os.Rename(building, final); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("moving the install to its place: %w", err)
	}
	return nil
}

type project struct {
	Name         string            `json:"name"`
	Private      bool              `json:"private"`
	Dependencies map[string]string `json:"dependencies"`
	Overrides    map[string]string `json:"overrides,omitempty"`
}

// writeProject writes the package.json of one Directus. Nothing is compiled: isolated-vm, which has no binary for every Node
// and which only scripts in flows need, is replaced by a stub that refuses to work.
func writeProject(dir, version string) error {
	overrides := map[string]string{"isolated-vm": "$isolated-vm"}
	if version == "12.4.1" {
		overrides["@directus/app"] = "18.0.0" // 18.0.1, which it names, is not to be had everywhere; no test opens the app
	}
	if v, err := directus.ParseVersion(version); err == nil && v.Compare(directus.Version{Major: 10, Minor: 10}) < 0 {
		overrides["argon2"], overrides["sharp"] = "0.43.1", "0.33.5" // the first that bring their binaries along
	}
	stub := filepath.Join(dir, "isolated-vm-stub")
	if err := os.MkdirAll(stub, 0o755); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(stub, "package.json"), map[string]string{"name": "isolated-vm", "version": "6.0.0", "main": "stub.js"}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(stub, "stub.js"), []byte(isolatedVMStub), 0o644); err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, "package.json"), project{
		Name: "directus-lab", Private: true, Overrides: overrides,
		Dependencies: map[string]string{"directus": version, "pg": "*", "isolated-vm": "file:./isolated-vm-stub"},
	})
}

const isolatedVMStub = `const refuse = () => { throw new Error('isolated-vm is left out of this install'); };
for (const name of ['Isolate', 'Context', 'Script', 'Module', 'Reference', 'Callback', 'ExternalCopy']) exports[name] = class { constructor() { refuse(); } };
`

func writeJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// node returns the path of the Node binary, installing it on the first call.
func (l *Lab) node(ctx context.Context) (string, error) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	if arch == "" || runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		path, err := exec.LookPath("node")
		if err != nil {
			return "", fmt.Errorf("finding node %s or newer: %w", nodeVersion, err)
		}
		return path, nil
	}
	name := "node-" + runtime.GOOS + "-" + arch
	path := filepath.Join(l.dir, "node", "node_modules", name, "bin", "node")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	_, err := l.install(ctx, "node", func(dir string) error {
		return writeJSON(filepath.Join(dir, "package.json"), project{
			Name: "node-lab", Private: true, Dependencies: map[string]string{name: nodeVersion},
		})
	})
	if err != nil {
		return "", err
	}
	return path, nil
}
