// Package runner knows how to run Directus's command line for a verification: as a
// program, from a folder that has it installed, or in a docker image.
//
// It starts nothing. A Directus that it describes talks to the database that it is
// told, and to no other: no .env file is read, and nothing of the caller's own
// settings of a database passes.
package runner

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/bootgate/command"
)

// Runner is a way to run Directus.
type Runner struct {
	// Words are the program and what comes before Directus's own words.
	Words []string
	// Name is what messages call it: "image directus/directus:12.4.1".
	Name string
	// Version is the Directus that it is said to be, "" where nobody says.
	Version string

	docker bool // the words begin with docker run
}

// ErrNone says that nothing here runs Directus.
var ErrNone = errors.New("no Directus command was found: neither /directus/cli.js, nor node_modules/directus in the project, nor directus on PATH")

// inImage is where the official image has the command line.
const inImage = "/directus/cli.js"

// Image is a Directus image, run with docker. The network is the machine's own, so
// that a Postgres on a port of 127.0.0.1 is reached.
func Image(image string) Runner {
	r := Runner{
		Words: []string{"docker", "run", "--rm", "--entrypoint", "node", image, inImage},
		Name:  "image " + image, docker: true,
	}
	if _, tag, ok := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":"); ok {
		tag, _, _ = strings.Cut(tag, "@")
		r.Version = tag
	}
	return r
}

// Command reads the value of --directus: a folder that has Directus installed, or a
// command line that ends where Directus's own words begin.
func Command(value, dir string) (Runner, error) {
	folder := value
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(dir, folder)
	}
	if info, err := os.Stat(folder); err == nil && info.IsDir() {
		r, ok := installed(folder)
		if !ok {
			return Runner{}, fmt.Errorf("folder %s has no node_modules/directus/cli.js, or node is not on PATH", value)
		}
		return r, nil
	}
	words, err := command.Split(value)
	if err != nil {
		return Runner{}, fmt.Errorf("reading --directus: %w", err)
	}
	docker := isDockerRun(words)
	if !docker && slices.Contains(containers, program(words)) {
		return Runner{}, fmt.Errorf("reading --directus: `%s` may reach a container that has a database of its own; `%s run [OPTIONS] IMAGE node /directus/cli.js` is told the throwaway one",
			strings.Join(words[:min(2, len(words))], " "), program(words))
	}
	name := words[0]
	for i, w := range words { // it runs in another folder
		if docker || filepath.IsAbs(w) || i == 0 && !strings.ContainsRune(w, '/') {
			continue
		}
		// A folder is none of its files: `npx directus` beside a folder directus means the program.
		if info, err := os.Stat(filepath.Join(dir, w)); err == nil && (info.Mode().IsRegular() || strings.ContainsRune(w, '/')) {
			words[i] = filepath.Join(dir, w)
		}
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return Runner{}, fmt.Errorf("reading --directus: %q is neither a folder nor a program on PATH", name)
	}
	return Runner{Words: words, Name: "command " + name, docker: docker}, nil
}

// containers are the programs that start containers, or run something in one.
var containers = []string{"docker", "podman", "docker-compose", "podman-compose", "nerdctl", "kubectl"}

func program(words []string) string { return strings.TrimSuffix(filepath.Base(words[0]), ".exe") }

// isDockerRun tells words that run a container, which is told what a call is to know.
func isDockerRun(words []string) bool {
	return len(words) > 1 && slices.Contains([]string{"docker", "podman"}, program(words)) && words[1] == "run"
}

// Find returns what runs Directus where the project says nothing: the official
// image's own, when this runs in it; the project's installed package; directus on
// PATH. [ErrNone] otherwise.
func Find(root string) (Runner, error) {
	site := command.Site{Dir: root}
	if node, err := exec.LookPath("node"); err == nil {
		if _, err := os.Stat(inImage); err == nil {
			r := Runner{Words: []string{node, inImage}, Name: inImage}
			r.Version = site.Version(context.Background(), nil, nil).Version
			return r, nil
		}
	}
	if r, ok := installed(root); ok {
		return r, nil
	}
	if own, err := exec.LookPath("directus"); err == nil {
		return Runner{Words: []string{own}, Name: own}, nil
	}
	return Runner{}, ErrNone
}

// installed is the Directus below a folder's node_modules.
func installed(folder string) (Runner, bool) {
	cli := filepath.Join(folder, "node_modules", "directus", "cli.js")
	if _, err := os.Stat(cli); err != nil {
		return Runner{}, false
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return Runner{}, false
	}
	site := command.Site{Dir: folder, ReadFile: func(name string) ([]byte, error) {
		if !strings.HasPrefix(name, folder) {
			return nil, os.ErrNotExist // the image's own is another Directus
		}
		return os.ReadFile(name)
	}}
	return Runner{Words: []string{node, cli}, Name: cli, Version: site.Version(context.Background(), nil, nil).Version}, true
}

// Call is one run of the command line.
type Call struct {
	Words   []string
	Environ []string
	Dir     string
	// Remove is what ends it where killing its process does not: a container goes
	// on without the docker that started it.
	Remove []string
}

// Database is where a call is to work.
type Database struct {
	PG *pgconn.Config
	// SearchPath and Exclude are Directus's DB_SEARCH_PATH and DB_EXCLUDE_TABLES.
	SearchPath, Exclude []string
}

// Prepare makes a call of Directus with its own words on a database. work is an
// empty folder; the file to apply lies in it.
func (r Runner) Prepare(db Database, environ []string, work string, words ...string) Call {
	own := r.variables(db, work)
	c := Call{Dir: work, Environ: append(clean(environ), own...)}
	if !r.docker {
		c.Words = append(slices.Clone(r.Words), words...)
		return c
	}
	c.Words = append(c.Words, r.Words[:2]...)
	if !slices.ContainsFunc(r.Words, func(w string) bool { return w == "--name" || strings.HasPrefix(w, "--name=") }) {
		name := "schemaguard-verify-" + strings.ToLower(rand.Text()[:12])
		c.Words = append(c.Words, "--name", name)
		c.Remove = []string{r.Words[0], "rm", "--force", name}
	}
	if !slices.ContainsFunc(r.Words, func(w string) bool {
		return strings.HasPrefix(w, "--network") || strings.HasPrefix(w, "--net=") || w == "--net"
	}) {
		c.Words = append(c.Words, "--network", "host")
	}
	c.Words = append(c.Words, "--volume", work+":"+work+":ro")
	for _, v := range own { // by name alone: arguments are for everybody to see
		name, _, _ := strings.Cut(v, "=")
		c.Words = append(c.Words, "--env", name)
	}
	c.Words = append(append(c.Words, r.Words[2:]...), words...)
	return c
}

// variables are what Directus is told.
func (r Runner) variables(db Database, work string) []string {
	host := db.PG.Host
	if r.docker && runtime.GOOS != "linux" && (host == "127.0.0.1" || host == "localhost") {
		host = "host.docker.internal" // Docker Desktop: the machine is not the host
	}
	vars := []string{
		"DB_CLIENT=pg", "DB_HOST=" + host, "DB_PORT=" + strconv.Itoa(int(db.PG.Port)), "DB_USER=" + db.PG.User,
		"DB_PASSWORD=" + db.PG.Password, "DB_DATABASE=" + db.PG.Database,
		"KEY=" + rand.Text(), "SECRET=" + rand.Text() + rand.Text(), "ADMIN_EMAIL=verify@example.com", "ADMIN_PASSWORD=" + rand.Text(),
		// A file that is named and is not there is read as none, and .env is not looked for.
		"CONFIG_PATH=" + filepath.Join(work, "none.env"),
		"TELEMETRY=false", "CACHE_ENABLED=false", "CACHE_SCHEMA=false", "LOG_LEVEL=info", "LOG_STYLE=pretty", "NO_COLOR=1",
	}
	if len(db.SearchPath) > 0 {
		vars = append(vars, "DB_SEARCH_PATH=array:"+strings.Join(db.SearchPath, ","))
	}
	if len(db.Exclude) > 0 {
		vars = append(vars, "DB_EXCLUDE_TABLES="+strings.Join(db.Exclude, ","))
	}
	if db.PG.TLSConfig != nil && !slices.ContainsFunc(db.PG.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.TLSConfig == nil }) {
		vars = append(vars, "DB_SSL__REJECT_UNAUTHORIZED="+strconv.FormatBool(!db.PG.TLSConfig.InsecureSkipVerify))
	}
	return vars
}

// ours are the beginnings of variables that would lead Directus elsewhere.
var ours = []string{
	"DB_", "PG", "DATABASE_URL=", "CONFIG_PATH=", "KEY=", "KEY_FILE=", "SECRET=", "SECRET_FILE=", "ADMIN_", "CACHE_", "REDIS", "LOG_",
	"SYNCHRONIZATION_", "MESSENGER_", "SCHEMAGUARD_", "RATE_LIMITER_",
}

// clean is the environment without what would lead Directus elsewhere.
func clean(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		return slices.ContainsFunc(ours, func(prefix string) bool { return strings.HasPrefix(v, prefix) })
	})
}
