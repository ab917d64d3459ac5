package gitdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	format "github.com/go-git/go-git/v5/plumbing/format/config"
)

// maxSmallFile bounds the control files that are read whole: config, HEAD, gitdir links.
const maxSmallFile = 8 << 20

// Config is what the repository's own configuration says about how to read it. As git does for these keys, includes
// and the user's configuration are not consulted (setup.c, read_repository_format).
type Config struct {
	Bare       bool
	Worktree   string // core.worktree, relative to the git directory
	IgnoreCase bool
	Reftable   bool
	SHA256     bool

	version    string
	extensions map[string]string // names in lower case
}

// readConfig reads <commonDir>/config and, with extensions.worktreeConfig, <gitDir>/config.worktree. In a linked
// worktree the common core.bare and core.worktree belong to the main one and are left out.
func readConfig(gitDir, commonDir string) (Config, error) {
	cfg := Config{extensions: map[string]string{}}
	raw, err := decodeConfig(filepath.Join(commonDir, "config"))
	if err != nil {
		return cfg, err
	}
	core := raw.Section("core")
	cfg.version = core.Option("repositoryformatversion")
	for _, o := range raw.Section("extensions").Options {
		cfg.extensions[strings.ToLower(o.Key)] = strings.ToLower(o.Value)
	}
	cfg.SHA256 = cfg.extensions["objectformat"] == "sha256"
	cfg.Reftable = cfg.extensions["refstorage"] != "" && cfg.extensions["refstorage"] != "files"
	if cfg.IgnoreCase, err = boolOption(core, "ignorecase"); err != nil {
		return cfg, err
	}
	sections := []*format.Section{core}
	if gitDir != commonDir {
		sections = nil
	}
	if on, ok := cfg.extensions["worktreeconfig"]; ok && on != "false" {
		own, err := decodeConfig(filepath.Join(gitDir, "config.worktree"))
		if err != nil {
			return cfg, err
		}
		sections = append(sections, own.Section("core"))
	}
	for _, s := range sections {
		if s.HasOption("bare") {
			if cfg.Bare, err = boolOption(s, "bare"); err != nil {
				return cfg, err
			}
		}
		if w := s.Option("worktree"); w != "" {
			cfg.Worktree = w
		}
	}
	return cfg, nil
}

func decodeConfig(file string) (*format.Config, error) {
	cfg := format.New()
	data, err := ReadSmall(file)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, nil
	}
	if err != nil {
		return nil, err
	}
	if err := format.NewDecoder(strings.NewReader(string(data))).Decode(cfg); err != nil {
		return nil, fmt.Errorf("decoding %s: %w", file, err)
	}
	return cfg, nil
}

// boolOption reads git's spellings of a boolean (config.c, git_parse_maybe_bool). A key without a
// value (true) cannot be told from one with an empty value (false), so that is left to git, like everything unknown.
func boolOption(s *format.Section, key string) (bool, error) {
	if !s.HasOption(key) {
		return false, nil
	}
	switch v := strings.ToLower(s.Option(key)); v {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	default:
		return false, fmt.Errorf("reading %s.%s: %q is no boolean known here", s.Name, key, v)
	}
}

// Beyond says why go-git's storage must not be trusted with this repository, or "". Extensions that change neither how
// objects nor how references are stored are fine, though go-git's own opener refuses them.
func (c Config) Beyond() string {
	harmless := map[string]bool{
		"noop": true, "noop-v1": true, "worktreeconfig": true, "partialclone": true, "preciousobjects": true,
		"relativeworktrees": true,
	}
	switch c.version {
	case "", "0":
		// Git refuses these two in a version 0 repository and ignores every other extension there.
		for _, name := range []string{"objectformat", "refstorage"} {
			if _, ok := c.extensions[name]; ok {
				return "extensions." + name + " needs repository format version 1"
			}
		}
		return ""
	case "1":
	default:
		return fmt.Sprintf("repository format version %q is not known here", c.version)
	}
	for name, value := range c.extensions {
		switch {
		case harmless[name], name == "objectformat" && value == "sha1", name == "refstorage" && value == "files":
		default:
			return fmt.Sprintf("extensions.%s = %s is not handled by go-git", name, value)
		}
	}
	return ""
}

// ReadSmall reads a control file of at most 8 MiB.
func ReadSmall(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(data) > maxSmallFile {
		return nil, fmt.Errorf("reading %s: it exceeds %d bytes", file, maxSmallFile)
	}
	return data, nil
}
