//go:build !unix

package lines

import (
	"errors"
	"os"
	"time"
)

// awaitHangUp cannot tell.
func awaitHangUp(*os.File, time.Duration) (gone bool, err error) { return false, errors.ErrUnsupported }
