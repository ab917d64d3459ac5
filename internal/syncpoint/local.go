package syncpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/schemaguard/schemaguard/internal/atomicfile"
)

// Local keeps sync points in a file of this clone, one file per database. It
// knows nothing of what other clones and containers did, so it is second best.
type Local struct {
	dir      string
	database string
}

// NewLocal returns the local store for a database, which any text names that is
// the same at every call ("host:port/name"), in a folder that need not exist.
func NewLocal(dir, database string) Local { return Local{dir, database} }

// localFile and localPoint are the form of the file.
type localFile struct {
	Database string       `json:"database"`
	Points   []localPoint `json:"points"`
}

type localPoint struct {
	Point
	Items json.RawMessage `json:"items"`
}

func (l Local) path() string {
	sum := sha256.Sum256([]byte(l.database))
	return filepath.Join(l.dir, "sync-point-"+hex.EncodeToString(sum[:6])+".json")
}

// Read returns the points of the file; none where there is no file. A file that
// is damaged, or of another database, counts as none.
func (l Local) Read() ([]Point, error) {
	data, err := os.ReadFile(l.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the local sync point: %w", err)
	}
	var in localFile
	if json.Unmarshal(data, &in) != nil || in.Database != l.database {
		return nil, nil //nolint:nilerr // a damaged copy is no copy: the next snapshot writes it anew
	}
	var points []Point
	for _, p := range in.Points {
		items, err := decodeItems(p.Items)
		if err != nil {
			return nil, nil //nolint:nilerr // as above
		}
		p.Point.Items = items
		points = append(points, p.Point)
	}
	return points, nil
}

// Write stores a point over the earlier one of its kind, atomically.
func (l Local) Write(p Point) error {
	old, err := l.Read()
	if err != nil {
		return err
	}
	out := localFile{Database: l.database}
	for _, point := range append([]Point{p}, old...) {
		if len(out.Points) > 0 && point.Kind == p.Kind {
			continue
		}
		items, err := encodeItems(point.Items)
		if err != nil {
			return err
		}
		out.Points = append(out.Points, localPoint{point, items})
	}
	data, err := json.MarshalIndent(out, "", "\t")
	if err != nil {
		return fmt.Errorf("writing the local sync point: %w", err)
	}
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return fmt.Errorf("writing the local sync point: %w", err)
	}
	if _, err := atomicfile.Write(l.path(), data, 0o644); err != nil {
		return fmt.Errorf("writing the local sync point: %w", err)
	}
	return nil
}
