package redact

import (
	"encoding/json"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
)

// minSecret is the length below which a value is not hidden by value: a password
// of one letter would turn every word that holds that letter into a mask. The
// shapes that String knows hide it all the same.
const minSecret = 4

// A Redactor hides the exact secrets that it was told, wherever they stand, and
// everything that String hides. The zero value is ready; it is safe for use by
// several goroutines.
type Redactor struct {
	mu      sync.RWMutex
	public  map[string]bool
	secrets []string // with their encoded forms, longest first
}

// Public tells names that are shown anyway (user, database, host). A secret that
// equals one of them cannot be told from the name, and Add leaves it to the
// shapes: a development database whose user, name and password are all
// "directus" would otherwise lose every mention of Directus.
func (r *Redactor) Public(names ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.public == nil {
		r.public = make(map[string]bool)
	}
	for _, n := range names {
		r.public[n] = true
	}
}

// Add registers a secret and the forms in which it may appear: percent-encoded,
// as a JSON string, as a quoted libpq value. It reports whether the value is
// hidden everywhere from now on; it is not when it is shorter than four bytes,
// made of asterisks, a public name, or one of the words that Directus and
// Postgres print in nearly every message.
func (r *Redactor) Add(secret string) bool {
	switch secret {
	case "directus", "postgres", "password", "localhost", "public":
		return false
	}
	if len(secret) < minSecret || strings.Trim(secret, "*") == "" {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.public[secret] {
		return false
	}
	for _, form := range forms(secret) {
		if form != "" && !contains(r.secrets, form) {
			r.secrets = append(r.secrets, form)
		}
	}
	sort.SliceStable(r.secrets, func(i, j int) bool { return len(r.secrets[i]) > len(r.secrets[j]) })
	return true
}

// forms are the spellings of a secret that must be hidden with it.
func forms(secret string) []string {
	userinfo := strings.TrimPrefix(url.UserPassword("", secret).String(), ":")
	libpq := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(secret)
	out := []string{secret, userinfo, url.QueryEscape(secret), url.PathEscape(secret), libpq}
	if b, err := json.Marshal(secret); err == nil {
		out = append(out, strings.Trim(string(b), `"`))
	}
	// Surrounding white space is cut off by most of what prints a value.
	if t := strings.TrimSpace(secret); len(t) >= minSecret {
		out = append(out, t)
	}
	return out
}

// String returns s without the registered secrets and without what the package's
// String hides.
func (r *Redactor) String(s string) string {
	s = r.exact(String(s))
	s = String(s)
	return r.exact(s)
}

func (r *Redactor) exact(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for range maxRounds {
		before := s
		for _, secret := range r.secrets {
			s = strings.ReplaceAll(s, secret, Mask)
		}
		if s == before {
			return s
		}
	}
	// Masks that build new secrets with their neighbours, round after round:
	// nothing of such a text is worth showing.
	return Mask
}

// Error is like the package's Error, with the registered secrets hidden too.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	return &redactedError{text: r.String(err.Error()), err: err}
}

// Error returns an error whose text is String(err.Error()), and nil for nil. It
// unwraps to err, so that errors.Is and errors.As still work: print the returned
// error, never what it unwraps to.
func Error(err error) error {
	if err == nil {
		return nil
	}
	return &redactedError{text: String(err.Error()), err: err}
}

type redactedError struct {
	text string
	err  error
}

func (e *redactedError) Error() string { return e.text }
func (e *redactedError) Unwrap() error { return e.err }

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}
