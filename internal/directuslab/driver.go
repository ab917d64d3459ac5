package directuslab

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed driver.mjs
var driverScript []byte

// Driver is one process of a Directus that does many things one after another, on any database of a server: its start takes
// seconds, a snapshot a fraction of one. It is for one goroutine at a time.
type Driver struct {
	cmd      *exec.Cmd
	requests io.WriteCloser
	read     *os.File
	answers  *bufio.Reader
	stderr   *lastBytes
	cleanUp  func()
}

// Answer is how a command of Directus ended.
type Answer struct {
	Exit   int      `json:"exit"`
	Output string   `json:"output"`
	Errors []string `json:"errors"`
}

// Edit is one change of a schema: SQL, or a call of one of Directus's services "collections", "fields" and "relations" with
// what its HTTP API would pass on.
type Edit struct {
	SQL     string `json:"sql,omitempty"`
	Service string `json:"service,omitempty"`
	Method  string `json:"method,omitempty"`
	Args    []any  `json:"args,omitempty"`
}

type request struct {
	DB      string         `json:"db"`
	Command string         `json:"command"`
	File    string         `json:"file,omitempty"`
	Options map[string]any `json:"options,omitempty"`
	Edits   []Edit         `json:"edits,omitempty"`
}

// Drive starts a driver of that Directus on the server of dsn; [Driver.Stop] must be called. It bootstraps nothing.
func (l *Lab) Drive(ctx context.Context, version, dsn string) (*Driver, error) {
	install, err := l.Install(ctx, version)
	if err != nil {
		return nil, err
	}
	node, err := l.node(ctx)
	if err != nil {
		return nil, err
	}
	cmd, cleanUp, err := l.command(ctx, version, dsn, map[string]string{"LOG_LEVEL": "error"})
	if err != nil {
		return nil, err
	}
	d := &Driver{cmd: cmd, stderr: &lastBytes{}, cleanUp: cleanUp}
	if err := d.start(node, filepath.Join(install, "node_modules")); err != nil {
		cleanUp()
		return nil, fmt.Errorf("starting a driver of directus %s: %w", version, err)
	}
	return d, nil
}

func (d *Driver) start(node, modules string) error {
	script := filepath.Join(d.cmd.Dir, "driver.mjs")
	if err := os.WriteFile(script, driverScript, 0o600); err != nil {
		return err
	}
	d.cmd.Args = []string{node, script, modules}
	d.cmd.Stderr = d.stderr
	requests, err := d.cmd.StdinPipe()
	if err != nil {
		return err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	d.cmd.ExtraFiles = []*os.File{write}
	err = d.cmd.Start()
	if err = errors.Join(err, write.Close()); err != nil {
		return errors.Join(err, read.Close())
	}
	d.requests, d.read, d.answers = requests, read, bufio.NewReaderSize(read, 1<<20)
	return nil
}

// Stop ends the process.
func (d *Driver) Stop() {
	_ = d.requests.Close()
	_ = d.cmd.Wait() // it kills itself
	_ = d.read.Close()
	d.cleanUp()
}

// Apply runs `schema apply --yes` of a file on a database, or with dryRun says what it would do. That it fails is in the
// answer and no error.
func (d *Driver) Apply(db, file string, dryRun bool) (Answer, error) {
	options := map[string]any{"yes": true}
	if dryRun {
		options = map[string]any{"dryRun": true}
	}
	return d.ask(request{DB: db, Command: "apply", File: file, Options: options})
}

// Snapshot returns what `schema snapshot` of a database writes, in the format yaml or json.
func (d *Driver) Snapshot(db, format string) ([]byte, error) {
	file := filepath.Join(d.cmd.Dir, "snapshot."+format)
	a, err := d.ask(request{DB: db, Command: "snapshot", File: file, Options: map[string]any{"yes": true, "format": format}})
	if err != nil {
		return nil, err
	}
	if a.Exit != 0 {
		return nil, fmt.Errorf("taking a snapshot of %s: %s", db, strings.Join(a.Errors, "; "))
	}
	return os.ReadFile(file)
}

// Edit changes the schema of a database, one edit after another. The first that Directus refuses is an error.
func (d *Driver) Edit(db string, edits ...Edit) error {
	_, err := d.ask(request{DB: db, Command: "edit", Edits: edits})
	return err
}

func (d *Driver) ask(r request) (Answer, error) {
	var a Answer
	line, err := json.Marshal(r)
	if err != nil {
		return a, fmt.Errorf("encoding a request: %w", err)
	}
	if _, err := fmt.Fprintf(d.requests, "%s\n", line); err != nil {
		return a, fmt.Errorf("asking the driver to %s %s: %w", r.Command, r.DB, err)
	}
	reply, err := d.answers.ReadBytes('\n')
	if err != nil {
		return a, fmt.Errorf("asking the driver to %s %s: it has ended: %w: %s", r.Command, r.DB, err, bytes.TrimSpace(d.stderr.buf))
	}
	if err := json.Unmarshal(reply, &a); err != nil {
		return a, fmt.Errorf("reading the driver's answer: %w", err)
	}
	if a.Exit < 0 {
		return a, fmt.Errorf("asking the driver to %s %s: %s", r.Command, r.DB, strings.Join(a.Errors, "; "))
	}
	return a, nil
}
