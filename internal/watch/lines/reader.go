package lines

import (
	"context"
	"io"
	"os"
	"time"
)

// glance is how long one look at a pipe waits for its reader to go; a look that is
// under way when the context ends lives as long.
const glance = 10 * time.Second

// AwaitNoReader returns true when whoever reads the pipe w has gone, as after
// `| head -1`, which a writer otherwise hears only with its next line. It returns
// false when ctx ends, and at once where w is no pipe or the system cannot tell.
func AwaitNoReader(ctx context.Context, w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	if info, err := file.Stat(); err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return false
	}
	for ctx.Err() == nil {
		switch gone, err := awaitHangUp(file, glance); {
		case err != nil:
			return false
		case gone:
			return true
		}
	}
	return false
}
