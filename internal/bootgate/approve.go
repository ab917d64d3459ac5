package bootgate

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/schemaguard/schemaguard/internal/snapshot"
)

// hashDigits is how much of a plan's hash is shown: enough that no other plan has
// it, short enough to be copied by hand.
const hashDigits = 16

// PlanHash names a plan: the schema that is live, the file that would be applied
// to it, and the Directus that would do it. Whoever approves it approves exactly
// that; an edit on either side makes it another plan.
func PlanHash(l *Look, target []byte) string {
	h := sha256.New()
	_, _ = h.Write([]byte("schemaguard plan 1\n" + l.Version.String() + "\n"))
	live := sha256.Sum256(snapshot.Encode(l.Live, snapshot.YAML))
	file := sha256.Sum256(target)
	_, _ = h.Write(live[:])
	_, _ = h.Write(file[:])
	return hex.EncodeToString(h.Sum(nil))[:hashDigits]
}
