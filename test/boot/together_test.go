//go:build directus

package boot

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ready is a shop that has booted once, and whose image brings something new.
func ready(t *testing.T, version, name string) *shop {
	t.Helper()
	s := open(t).shop(t, version, name)
	s.firstBoot()
	s.withNews(t)
	return s
}

// withNews puts a snapshot into the image that has a collection more than the
// database.
func (s *shop) withNews(t *testing.T) {
	t.Helper()
	other := s.another("news")
	d, err := s.lab.Drive(t.Context(), s.version, s.srv.TCPDSN(other.name))
	if err != nil {
		t.Fatal(err)
	}
	other.directus = d
	defer d.Stop()
	other.collection("waits")
	data, err := d.Snapshot(other.name, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	s.file("snapshots/schema.yaml", string(data))
}

// TestBoots boots one shop, and copies of it, in ways that go wrong.
func TestBoots(t *testing.T) {
	s := ready(t, versions[0], "ready")
	t.Run("two at once", func(t *testing.T) { twoBoots(t, s) })
	t.Run("killed", func(t *testing.T) { killed(t, s.copied(t, "killed")) })
	t.Run("deaf", func(t *testing.T) { deaf(t, s.copied(t, "deaf")) })
	t.Run("lock lost", func(t *testing.T) { lockLost(t, s.copied(t, "lost")) })
}

// copied is a copy of the shop for a test of its own.
func (s *shop) copied(t *testing.T, name string) *shop {
	t.Helper()
	c := s.another(name)
	c.t = t
	return c
}

// twoBoots: of two replicas that start at once on an empty database, one does
// everything, and the other finds nothing to do.
func twoBoots(t *testing.T, first *shop) {
	s := first.shop(t, first.version, "twins")
	data, err := os.ReadFile(filepath.Join(first.dir, "snapshots/schema.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	s.file("snapshots/schema.yaml", string(data))
	s.file("db-init/001_first.sql", "CREATE TABLE IF NOT EXISTS plain (id int); INSERT INTO plain VALUES (1);\n")
	var boots [2]booted
	var wg sync.WaitGroup
	for i := range boots {
		wg.Go(func() { boots[i] = s.boot(nil) })
	}
	wg.Wait()
	applied, waited := 0, 0
	for _, b := range boots {
		if b.code != 7 || !b.started() {
			t.Errorf("%v", b)
		}
		if strings.Contains(b.errors, "applied: the database holds") {
			applied++
		}
		if strings.Contains(b.errors, "waiting: schemaguard boot on") {
			waited++
		}
	}
	if applied != 1 || waited != 1 {
		t.Errorf("%d applied and %d waited:\n%v\n%v", applied, waited, boots[0], boots[1])
	}
	s.holds(0, "orders", "waits")
	s.holds(1, "plain")
}

// killed starts a boot and kills it, as kill -9 does, when its log names a step.
func (s *shop) killed(step string, env []string, flags ...string) {
	s.t.Helper()
	cmd := s.command(env, flags...)
	var out bytes.Buffer
	cmd.Stdout = &out
	pipe, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var log strings.Builder
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	found := false
	for lines.Scan() {
		log.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), " step="+step+" ") {
			found = true
			_ = cmd.Process.Kill()
			break
		}
	}
	_, _ = io.Copy(io.Discard, pipe)
	_ = cmd.Wait()
	if !found {
		s.t.Fatalf("no step %s in the log:\n%s", step, log.String())
	}
}

// killed: a boot that is killed between two steps, and then another boot: nothing
// is lost, and the second comes to the end.
func killed(t *testing.T, s *shop) {
	s.file("db-init/001_pre.sql", "CREATE TABLE plain (id int); INSERT INTO plain VALUES (1);\n")
	s.file("db-init-post/002_post.sql", "INSERT INTO waits (name) VALUES ('seeded');\n")
	bootstraps := true
	for _, step := range []string{"wait", "lock", "db-init-pre", "bootstrap", "check", "apply", "recheck", "db-init-post", "end"} {
		t.Run(step, func(t *testing.T) {
			c := s.copied(t, strings.ReplaceAll(step, "-", "_"))
			flags := []string{"--lock-timeout", "30s"}
			if bootstraps = bootstraps && step != "check"; !bootstraps { // it takes long, and has been killed
				flags = append(flags, "--no-bootstrap")
			}
			c.killed(step, nil, flags...)
			b := c.up(nil, flags...)
			c.says(b, "the database is as the snapshot says")
			c.holds(rows, "orders")
			c.holds(1, "plain", "waits")
		})
	}
	// In the middle of an apply: what it began is rolled back, and the next boot does it.
	t.Run("in the apply", func(t *testing.T) {
		c := s.copied(t, "middle")
		c.file("bin/slow", fmt.Sprintf("#!/bin/sh\n(sleep 1.5; kill -9 $PPID) &\nexec %s/bin/directus \"$@\"\n", c.dir))
		if b := c.boot(nil, "--no-bootstrap", "--apply-command", c.dir+"/bin/slow schema apply --yes {file}"); b.code != -1 {
			t.Fatalf("not killed: %v", b)
		}
		c.up(nil, "--no-bootstrap", "--lock-timeout", "30s")
		c.holds(rows, "orders")
		c.holds(1, "plain", "waits")
	})
}

// deaf: a command that says all is well and did nothing.
func deaf(t *testing.T, s *shop) {
	for _, command := range []string{"true {file}", "sh -c 'echo \"[12:00:00.000] ERROR: Directus is not installed\"; exit 0' {file}"} {
		b := s.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}, "--no-bootstrap", "--apply-command", command)
		if b.code != 2 || b.started() {
			t.Errorf("%s: %v", command, b)
		}
		s.says(b, "exit code 0", "collection waits", "NOT_APPLIED", "NOT applied")
		if strings.Contains(command, "ERROR") {
			s.says(b, "Directus is not installed")
		}
		s.says(s.up(nil, "--no-bootstrap", "--apply-command", command), "NOT applied, the database serves as it is")
	}
	began := time.Now()
	b := s.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}, "--no-bootstrap", "--apply-timeout", "1s", "--apply-command", "sh -c 'sleep 60' {file}")
	if took := time.Since(began); b.code != 2 || took > 20*time.Second {
		t.Errorf("a command that hangs, after %s: %v", took, b)
	}
	s.says(b, "did not end within 1s")
	s.says(s.up(nil, "--no-bootstrap"), "the database is as the snapshot says")
	s.holds(0, "waits")
}

// TestMetaKeyMissing: a snapshot that lacks one key of a collection's meta makes
// Directus 11.17.4 drop the table, and call it a success.
func TestMetaKeyMissing(t *testing.T) {
	s := open(t).shop(t, "11.17.4", "trimmed")
	s.firstBoot()
	file := filepath.Join(s.dir, "snapshots/schema.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	trimmed := strings.Replace(string(data), "      color: null\n", "", 1)
	if trimmed == string(data) {
		t.Fatalf("no color to trim:\n%s", data)
	}
	s.file("snapshots/schema.yaml", trimmed)
	naked := s.another("naked")
	if answer, err := s.directus.Apply(naked.name, file, false); err != nil || answer.Exit != 0 || naked.there("orders") {
		t.Fatalf("without the gate the table stays: %v %+v", err, answer)
	}
	for _, mode := range []string{"auto", "additive"} {
		b := s.up([]string{"DIRECTUS_SCHEMA_APPLY_MODE=" + mode}, "--no-bootstrap")
		s.says(b, "META_KEY_MISSING", "NOT applied")
		s.holds(rows, "orders")
	}
}

// TestUnreachable: a database that does not answer is no database to serve.
func TestUnreachable(t *testing.T) {
	s := open(t).shop(t, versions[0], "away")
	s.file("snapshots/schema.yaml", "version: 1\n")
	b := s.boot([]string{"DB_PORT=1"}, "--wait-timeout", "1s")
	if b.code != 3 || b.started() {
		t.Errorf("%v", b)
	}
	s.says(b, "did not answer within 1s", "NOT applied, nothing is started")
	s.up([]string{"DB_PORT=1", "SCHEMAGUARD_ON_REFUSE=start"}, "--wait-timeout", "1s")
}

// TestBecomesTheCommand: the command is the process that was started, so signals
// and the exit code are its own; and nothing else is needed than the program, in an
// empty root, as nobody.
func TestBecomesTheCommand(t *testing.T) {
	s := open(t).shop(t, versions[0], "pid")
	cmd := exec.Command(s.bin, "boot", "--mode", "skip", "--no-bootstrap", "--log-format", "json", "--", "sh", "-c", `trap 'echo got it; exit 5' TERM; echo $$; while :; do sleep 0.1; done`)
	cmd.Dir, cmd.Env = s.dir, s.environ()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != fmt.Sprint(cmd.Process.Pid) {
		t.Errorf("the command is process %q, the boot %d: %v\n%s", line, cmd.Process.Pid, err, log.String())
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(lines)
	if err := cmd.Wait(); string(rest) != "got it\n" || cmd.ProcessState.ExitCode() != 5 {
		t.Errorf("%q, %v", rest, err)
	}
	for record := range strings.SplitSeq(strings.TrimSpace(log.String()), "\n") {
		if !strings.HasPrefix(record, "{") || !strings.Contains(record, `"step"`) || !strings.Contains(record, `"duration"`) {
			t.Errorf("a record without step and duration: %s", record)
		}
	}
	s.alone(t)
}

// alone boots in a root folder that holds the program and nothing else.
func (s *shop) alone(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("needs root, for chroot")
	}
	root := t.TempDir()
	for dir := root; dir != "/"; dir = filepath.Dir(dir) {
		_ = os.Chmod(dir, 0o755)
	}
	data, err := os.ReadFile(s.bin)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "schemaguard"), data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(root, "directus/snapshots"), 0o755); err != nil {
		t.Fatal(err)
	}
	snapshot := "version: 1\ndirectus: " + s.version + "\nvendor: postgres\ncollections: []\nfields: []\nsystemFields: []\nrelations: []\n"
	if err := os.WriteFile(filepath.Join(root, "directus/snapshots/schema.yaml"), []byte(snapshot), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/schemaguard", "boot", "--no-bootstrap", "--apply-command", "x {file}", "--", "/schemaguard", "help", "exit-codes")
	cmd.Env, cmd.Dir = s.environ("PATH=/nowhere", "HOME=/nowhere"), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "NOT_DIRECTUS") || !strings.Contains(string(out), "How schemaguard ends") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestAdditive: what waits comes, what nobody saved stays, however often it boots.
func TestAdditive(t *testing.T) {
	h := open(t)
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			s := h.shop(t, version, "add_"+version)
			s.firstBoot()
			s.withNews(t)
			s.collection(events...)
			s.sql("UPDATE directus_collections SET note = 'mine' WHERE collection = 'orders'")
			for range 2 {
				b := s.up([]string{"DIRECTUS_SCHEMA_APPLY_MODE=additive"}, "--no-bootstrap")
				s.says(b, "kept out", "collection orders", "ev_a")
				s.holds(0, "waits")
				s.holds(rows, append([]string{"orders"}, events...)...)
				if s.count("SELECT count(*) FROM directus_collections WHERE note = 'mine'") != 1 {
					t.Error("the edit is overwritten")
				}
			}
			if b := s.boot([]string{"SCHEMAGUARD_ON_REFUSE=stop"}, "--no-bootstrap"); b.code != 2 {
				t.Errorf("auto after additive: %v", b)
			}
			s.holds(rows, events...)
		})
	}
}

// lockLost: when the server ends the session that holds the lock, another boot
// may be at work: the apply is killed, and nothing is started.
func lockLost(t *testing.T, s *shop) {
	done := make(chan booted, 1)
	go func() { done <- s.boot(nil, "--no-bootstrap", "--apply-command", "sh -c 'sleep 60' {file}") }()
	for began := time.Now(); s.count("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'schemaguard boot on %'") == 0; {
		if time.Since(began) > 30*time.Second {
			t.Fatal("nobody holds the lock")
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second) // until the apply runs
	s.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'schemaguard boot on %'")
	b := <-done
	if b.code != 3 || b.started() {
		t.Errorf("%v", b)
	}
	s.says(b, "the lock on the database was lost")
	s.up(nil, "--no-bootstrap")
	s.holds(0, "waits")
}
