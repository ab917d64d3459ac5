package filelog

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/gitrepo/gitobject"
)

// The walks themselves are tested in package gitrepo, on real repositories.

func FuzzParseLog(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add([]byte("\x01" + id + "\x00" + id + "\x001\x00A\x00a@b\x00s\x00\n:100644 100644 " + id + " " + strings.Repeat("b", 40) + " M\x00p\x00"))
	f.Add([]byte("\x01" + id))
	f.Add([]byte(":1 2 3"))
	f.Fuzz(func(t *testing.T, data []byte) {
		revs, err := parseLog(data, "p")
		for _, rev := range revs {
			if err == nil && (!gitobject.IsID(rev.Commit) || rev.BlobID != "" && !gitobject.IsID(rev.BlobID)) {
				t.Errorf("%+v", rev)
			}
		}
	})
}
