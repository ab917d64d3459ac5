//go:build directus

package directuslab

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/schemaguard/schemaguard/internal/pgserver"
)

func TestRealDirectus(t *testing.T) {
	lab, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	pg, err := pgserver.Start(t.Context(), pgserver.Options{TCP: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop() })
	if err := pg.CreateDatabase(t.Context(), "lab", ""); err != nil {
		t.Fatal(err)
	}
	dsn := pg.TCPDSN("lab")
	s, err := lab.Start(t.Context(), "12.4.1", dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), http.MethodPost, "/collections", map[string]any{"collection": "articles", "schema": map[string]any{}, "meta": map[string]any{}}); err != nil {
		t.Error(err)
	}
	if _, err := s.Call(t.Context(), http.MethodPost, "/collections", map[string]any{"collection": "articles", "schema": map[string]any{}}); err == nil {
		t.Error("making a collection twice is no error")
	}
	s.Stop()
	snap, err := lab.Snapshot(t.Context(), "12.4.1", dsn, nil, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(snap, []byte("version: 1\ndirectus: 12.4.1\nvendor: postgres\ncollections:\n  - collection: articles\n")) {
		t.Errorf("the snapshot begins with %.200s", snap)
	}
	res, err := lab.Run(t.Context(), "12.4.1", dsn, nil, "schema", "snapshot", "--yes", "/nonexistent/x.yaml")
	if err != nil || res.Code != 1 {
		t.Errorf("writing into a folder that does not exist: code %d, %v", res.Code, err)
	}
}
