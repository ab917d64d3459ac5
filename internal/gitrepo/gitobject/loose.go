package gitobject

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxLooseHeader is more than "commit" and any size with their NUL need.
const maxLooseHeader = 32

// loose reads an object that is a file of its own, as what was committed lately
// is, with one copy of it in memory where go-git makes several. Whatever is not
// as it should be is no answer: the storage then finds it elsewhere, or says
// what is wrong.
func (s *Store) loose(kind, id string) (data []byte, ok bool) {
	if !IsID(id) {
		return nil, false
	}
	file, err := os.ReadFile(filepath.Join(s.objects, id[:2], id[2:]))
	if err != nil {
		return nil, false
	}
	z, err := zlib.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, false
	}
	is, size, ok := looseHeader(z)
	if !ok || kind != is && kind != plumbing.AnyObject.String() {
		return nil, false
	}
	data = make([]byte, size)
	if _, err := io.ReadFull(z, data); err != nil {
		return nil, false
	}
	if n, err := z.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, false
	}
	return data, ID(is, data, len(id)/2) == id
}

// looseHeader reads "blob 123" and its NUL.
func looseHeader(z io.Reader) (kind string, size int, ok bool) {
	var header []byte
	for one := make([]byte, 1); len(header) < maxLooseHeader; header = append(header, one[0]) {
		if _, err := io.ReadFull(z, one); err != nil {
			return "", 0, false
		}
		if one[0] == 0 {
			break
		}
	}
	kind, digits, ok := strings.Cut(string(header), " ")
	if !ok {
		return "", 0, false
	}
	size, err := strconv.Atoi(digits)
	return kind, size, err == nil && size >= 0 && size <= MaxBlob
}
