package shimfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/dockershim"
)

// installPath writes a shim for each program that there is: a docker-compose where there was none would
// mislead scripts that look for one.
func (s Site) installPath() (Outcome, error) {
	var out Outcome
	found := false
	for _, name := range dockershim.Programs() {
		path := s.file(s.PathFolder(), name)
		change, verb := s.take, "removed "
		if _, err := dockershim.Next(name, s.Program, s.Env); err == nil {
			found = true
			change, verb = func(path string) (bool, error) { return s.put(path, name) }, "wrote "
		}
		changed, err := change(path)
		if err != nil {
			return out, err
		}
		if changed {
			out.Done = append(out.Done, verb+path)
		}
	}
	if !found {
		tidy(s.PathFolder())
		return out, errors.New("no docker, docker-compose or podman is on PATH; install docker first")
	}
	if !s.inFront() {
		shell := s.shell()
		out.Next = append(out.Next, "add as the last line of "+shell.file+", then open a new shell:", shell.line)
	} else if len(out.Done) > 0 {
		out.Next = append(out.Next, "shells that are open remember where docker was: hash -r")
	}
	return out, nil
}

func (s Site) uninstallPath() (Outcome, error) {
	var out Outcome
	for _, name := range dockershim.Programs() {
		path := s.file(s.PathFolder(), name)
		removed, err := s.take(path)
		if err != nil {
			return out, err
		}
		if removed {
			out.Done = append(out.Done, "removed "+path)
		}
	}
	tidy(s.PathFolder())
	for _, file := range s.mentions(filepath.Join("schemaguard", "shims")) {
		out.Next = append(out.Next, "remove the line with "+filepath.ToSlash(filepath.Join("schemaguard", "shims"))+" from "+file)
	}
	return out, nil
}

// inFront tells whether every program that there is, is found through its shim.
func (s Site) inFront() bool {
	for _, p := range s.programs() {
		if !p.Guarded {
			return false
		}
	}
	return true
}

// programs are the programs that there are, and what their names lead to.
func (s Site) programs() []Program {
	var all []Program
	for _, name := range dockershim.Programs() {
		behind, err := dockershim.Next(name, s.Program, s.Env)
		if err != nil {
			continue
		}
		p := Program{Name: name, Behind: behind, Runs: behind}
		for _, dir := range filepath.SplitList(s.Env("PATH")) {
			path := s.file(dir, name)
			if path == behind {
				break
			}
			if dockershim.Ours(path, s.Program) && s.runnable(path) {
				p.Runs, p.Guarded = path, true
				break
			}
		}
		all = append(all, p)
	}
	return all
}

func (s Site) runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && (s.Windows || info.Mode()&0o111 != 0)
}

// shellFile is what a user has to write where.
type shellFile struct{ name, file, line string }

// shell tells by SHELL which start-up file puts a folder in front of PATH.
func (s Site) shell() shellFile {
	dir := s.PathFolder()
	if s.Windows {
		line := "[Environment]::SetEnvironmentVariable('Path', '" + strings.ReplaceAll(dir, "'", "''") + ";' + [Environment]::GetEnvironmentVariable('Path', 'User'), 'User')"
		return shellFile{"powershell", "nothing, but run in PowerShell", line}
	}
	written := doubleQuoted(dir)
	if rest, ok := strings.CutPrefix(dir, s.Home+"/"); ok && s.Home != "" {
		written = "$HOME/" + doubleQuoted(rest)
	}
	export := `export PATH="` + written + `:$PATH"`
	switch name := filepath.Base(s.Env("SHELL")); name {
	case "zsh":
		return shellFile{name, "~/.zshrc", export}
	case "fish":
		return shellFile{name, "~/.config/fish/config.fish", `fish_add_path --global --move --prepend "` + written + `"`}
	case "bash":
		return shellFile{name, "~/.bashrc", export}
	default:
		return shellFile{name, "~/.profile", export}
	}
}

func doubleQuoted(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(s)
}

// startFiles are the files that shells read when they start, below the home folder.
var startFiles = []string{".zshrc", ".zshenv", ".zprofile", ".bashrc", ".bash_profile", ".profile", ".config/fish/config.fish"}

// mentions returns the start-up files that hold a text.
func (s Site) mentions(text string) []string {
	var files []string
	for _, name := range startFiles {
		data, err := os.ReadFile(filepath.Join(s.Home, name))
		if err == nil && strings.Contains(string(data), text) {
			files = append(files, "~/"+name)
		}
	}
	return files
}
