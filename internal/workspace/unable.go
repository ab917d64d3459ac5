package workspace

import (
	"errors"

	"github.com/schemaguard/schemaguard/internal/catalog"
	"github.com/schemaguard/schemaguard/internal/config"
	"github.com/schemaguard/schemaguard/internal/connection"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/gitrepo"
	"github.com/schemaguard/schemaguard/internal/live"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
)

// Mistake tells whether an error is a mistake in what was asked for or in the
// settings, which somebody has to mend, and no situation a check got into.
func Mistake(err error) bool {
	var setting *config.Error
	var asked *UsageError
	var connecting *connection.Error
	return errors.As(err, &asked) || errors.As(err, &setting) || errors.As(err, &connecting)
}

// Situation names the situation in which a check cannot be made; NOT_RUN where
// the error is none that has a name.
func Situation(err error) finding.Code {
	var (
		unreachable *live.UnreachableError
		noWay       *connection.UnreachableError
		notDirectus *catalog.NotDirectusError
		notReadable *catalog.NotReadableError
		version     *live.UnknownVersionError
		safe        *gitrepo.SafeDirectoryError
		unsupported *gitrepo.UnsupportedError
	)
	switch {
	case errors.As(err, &unreachable), errors.As(err, &noWay):
		return finding.Unreachable
	case errors.As(err, &notDirectus):
		return finding.NotDirectus
	case errors.As(err, &notReadable):
		return finding.NotReadable
	case errors.As(err, &version):
		return finding.UnknownVersion
	case errors.As(err, &safe), errors.As(err, &unsupported):
		return finding.GitUnreadable
	}
	return finding.NotRun
}

// Unable makes the verdict of a check that an error stopped.
func Unable(err error) policy.Verdict {
	return policy.Unable(Situation(err), redact.String(err.Error()), "schemaguard doctor")
}
