package connection

import (
	"errors"
	"net/url"
	"strings"
)

// Other returns the connection string of another database of the same server. Its
// error is of a URL that is none, and does not repeat it.
func Other(dsn, database string) (string, error) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + database, nil // of two the last counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("it is no URL")
	}
	u.Path, u.RawPath = "/"+database, ""
	q := u.Query()
	q.Del("dbname")
	q.Del("database")
	u.RawQuery = q.Encode()
	return u.String(), nil
}
