// Package atomicfile replaces the content of a file so that everybody, also after a crash or a power
// cut, sees either the old content or the new, never a part of it.
//
// It refuses to write to anything but a plain file, and to create folders.
package atomicfile

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// staleAfter is the age at which a temporary file must be one that a killed process left behind: a
// write takes a fraction of a second.
const staleAfter = time.Minute

// Write makes data the content of the file at path and reports whether that changed anything: equal
// bytes leave the file untouched, time stamps included. An existing file keeps its mode, and its owner
// where this process may give files away; a new one gets perm (less the umask). A symbolic link stays
// a link, its target is written. Temporary files that a killed process left behind are removed.
func Write(path string, data []byte, perm fs.FileMode) (changed bool, err error) {
	target, err := followLinks(path)
	if err != nil {
		return false, fmt.Errorf("writing %s: %w", path, err)
	}
	removeStale(target)
	p, err := prepare(target, data, perm)
	if err != nil {
		return false, fmt.Errorf("writing %s: %w", path, err)
	}
	if p == nil {
		return false, nil
	}
	if err := p.commit(); err != nil {
		return false, fmt.Errorf("writing %s: %w", path, err)
	}
	return true, nil
}

// pending is new content that is safely on the disk, beside the file it will replace.
type pending struct {
	temp, target string
}

// prepare writes data to a temporary file in the folder of target, or returns nil when target has
// that content already.
func prepare(target string, data []byte, perm fs.FileMode) (_ *pending, err error) {
	info, err := os.Stat(target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	exists := err == nil
	if exists {
		if !info.Mode().IsRegular() {
			return nil, errors.New("it is not a plain file")
		}
		same, err := hasContent(target, info, data)
		if err != nil || same {
			return nil, err
		}
	}
	temp := tempPrefix(target) + rand.Text()[:10]
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return nil, fmt.Errorf("creating a temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	_, err = f.Write(data)
	if err == nil && exists {
		err = keepAttributes(f, info)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return &pending{temp: temp, target: target}, nil
}

// commit puts the new content in the place of the old.
func (p *pending) commit() error {
	if err := rename(p.temp, p.target); err != nil {
		return errors.Join(err, os.Remove(p.temp))
	}
	return syncDir(filepath.Dir(p.target))
}

func hasContent(path string, info fs.FileInfo, data []byte) (bool, error) {
	if info.Size() != int64(len(data)) {
		return false, nil
	}
	have, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrPermission) {
		return false, nil // write-only is odd, but no reason not to write
	}
	return bytes.Equal(have, data), err
}

// tempPrefix names the temporary files of target: hidden, beside it, and recognisable later.
func tempPrefix(target string) string {
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".schemaguard-")
}

// removeStale removes what killed processes left. Failing to is no reason not to write.
func removeStale(target string) {
	prefix := filepath.Base(tempPrefix(target))
	entries, err := os.ReadDir(filepath.Dir(target))
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), prefix) || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(filepath.Join(filepath.Dir(target), e.Name()))
		}
	}
}

// followLinks returns the path that a chain of symbolic links ends at, which need not exist.
func followLinks(path string) (string, error) {
	const most = 40 // as Linux
	for range most {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", errors.New("too many symbolic links")
}
