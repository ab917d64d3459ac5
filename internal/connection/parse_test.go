package connection

import (
	"strings"
	"testing"
)

// A password that is not percent-encoded ends the authority of the URL; what is
// left of it must not come out as a host or a database.
func TestPasswordThatSplitsTheURL(t *testing.T) {
	t.Parallel()
	for dsn, valid := range map[string]bool{
		"postgres://someone:p@ss/word@db.example/app":    false,
		"postgres://someone:p@ss?word@db.example/app":    false,
		"postgres://someone:p@ss#word@db.example/app":    false,
		"postgres://someone:12/word@db.example/app":      false,
		"postgres://someone:p%40ss%2Fword@127.0.0.1/app": true,
		"postgres://127.0.0.1/app?user=a@b":              true,
		"postgres://127.0.0.1/a%40b":                     true,
		"host=127.0.0.1 user=a@b dbname=a/b@c":           true,
	} {
		_, err := parse(dsn)
		if (err == nil) != valid {
			t.Errorf("%s: %v, want valid %v", dsn, err, valid)
		}
		if err != nil && strings.Contains(err.Error(), "word@") {
			t.Errorf("%s: the error quotes the password: %v", dsn, err)
		}
	}
}
