package connection

import (
	"strings"
	"testing"
)

func TestOther(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://u:p@h:5432/app?sslmode=disable":       "postgres://u:p@h:5432/spare?sslmode=disable",
		"postgresql:///app?host=/run/pg&dbname=elsewhere": "postgresql:///spare?host=%2Frun%2Fpg",
		"host=h dbname=app":                               "host=h dbname=app dbname=spare",
	} {
		if got, err := Other(dsn, "spare"); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", dsn, got, err, want)
		}
	}
	if _, err := Other("postgres://u:secret@h:port/app", "spare"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a URL that is none: %v", err)
	}
}
