package sqlfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// Slug makes the name of a file of words: "Add faulty flag" -> "add_faulty_flag".
// It is empty where nothing is left.
func Slug(words string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(words), "_"), "_")
	return strings.Trim(slug[:min(len(slug), 100)], "_")
}

// Create writes a new file with the next free number into a folder and returns
// its base name. It never overwrites. Two that run at the same moment can take one
// number for two names; [Load] then says so. set is that of both folders.
func Create(folder Folder, set Set, words string) (string, error) {
	slug := Slug(words)
	if slug == "" {
		return "", fmt.Errorf("%q has no letter or digit to name a file by", words)
	}
	if err := os.MkdirAll(folder.Dir, 0o755); err != nil {
		return "", fmt.Errorf("making folder %s: %w", folder.Shown, plain(err))
	}
	number, width := next(set)
	for range 1000 {
		name := fmt.Sprintf("%0*d_%s.sql", width, number, slug)
		taken, err := numberTaken(folder.Dir, number)
		if err != nil {
			return "", fmt.Errorf("reading folder %s: %w", folder.Shown, plain(err))
		}
		if !taken {
			err = write(filepath.Join(folder.Dir, name), template(folder, words))
			if err == nil {
				return name, nil
			}
			if !errors.Is(err, fs.ErrExist) {
				return "", fmt.Errorf("writing %s/%s: %w", folder.Shown, name, plain(err))
			}
		}
		number++
	}
	return "", fmt.Errorf("finding a free number in %s: none after 1,000 tries", folder.Shown)
}

// next is the number after the highest, in the width that the files have.
func next(set Set) (number uint64, width int) {
	number, width = 1, 3
	for i, f := range set.Files {
		number = max(number, f.Number+1)
		if i == 0 || f.Width > width {
			width = f.Width
		}
	}
	return number, width
}

// numberTaken looks again: set was read a moment ago.
func numberTaken(dir string, number uint64) (bool, error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if m := namePattern.FindStringSubmatch(e.Name()); m != nil && strings.TrimLeft(m[1], "0") == strings.TrimLeft(fmt.Sprint(number), "0") {
			return true, nil
		}
	}
	return false, err
}

// write makes the whole file appear at once under a name that nobody has: a link
// fails where the name is taken, a rename would overwrite.
func write(path, text string) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".schemaguard-*.tmp")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	err = os.Link(temp.Name(), path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return exclusive(path, text) // a file system without links
}

func exclusive(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func template(folder Folder, words string) string {
	when := "before Directus makes its tables"
	if folder.Phase == Post {
		when = "after Directus applied its snapshot"
	}
	return fmt.Sprintf(`-- %s
--
-- Runs once per database, in one transaction, %s.
-- Do not change it once it was applied anywhere: write the next file instead.
-- What cannot run in a transaction (CREATE INDEX CONCURRENTLY, VACUUM) needs a file
-- of its own that begins with "schemaguard:no-transaction" as a comment line.

`, strings.Join(strings.Fields(words), " "), when)
}
