package wrapped

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/dockershim"
	"github.com/schemaguard/schemaguard/internal/recyclebin"
	"github.com/schemaguard/schemaguard/internal/recyclebin/doomed"
	"github.com/schemaguard/schemaguard/internal/recyclebin/held"
	"github.com/schemaguard/schemaguard/internal/recyclebin/size"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
	"github.com/schemaguard/schemaguard/internal/workspace"
)

// keep fills the recycle bin of a database with what a boot that somebody agreed to
// is about to destroy. That it is not kept can be agreed to as well, by the code of
// what stands in the way.
func (c commands) keep(call dockershim.Call, allow []string) func(context.Context, *workspace.Session, workspace.Target) (string, error) {
	agreed := strings.Join(append(slices.Clone(allow), os.Getenv(consent.Variable)), ",")
	return func(ctx context.Context, s *workspace.Session, t workspace.Target) (string, error) {
		p, err := s.Plan(ctx, t)
		if err != nil {
			return "", err
		}
		what := doomed.Of(p)
		if len(what) == 0 {
			return "", nil
		}
		conn, err := statement.Connect(ctx, s.Settings.PG, s.Settings.Display)
		if err != nil {
			return "", err
		}
		defer conn.Close(ctx)
		o := recyclebin.Options{
			SearchPath: s.Settings.SearchPath.Names, Limit: s.Config.Trash.Limit.V, Retention: s.Config.Trash.Retention.V,
			Reason: strings.Join(consent.Hide(append([]string{call.Program}, call.Args...)), " "), Tool: app.Version(), By: app.Actor(), Now: c.Now(),
		}
		where := "kept in the recycle bin already"
		entry, err := held.Find(ctx, conn, what, o)
		if err == nil && entry == nil {
			where = "kept in the recycle bin"
			entry, err = recyclebin.Fill(ctx, conn, what, o)
		}
		if code := codeOf(err); code != "" && strings.Contains(","+agreed, ","+string(code)+":") {
			return "not kept in the recycle bin, as agreed to: " + err.Error(), nil
		}
		if err != nil {
			return "", err
		}
		return said(where, entry), nil
	}
}

// said says what was kept.
func said(where string, e *recyclebin.Entry) string {
	return fmt.Sprintf("%s, %d rows, %s; to have it back: schemaguard trash restore %s", where, e.Rows(), size.Text(e.Bytes), e.ID)
}

// codeOf is the code of what stood in the way of keeping something; empty for none.
func codeOf(err error) recyclebin.Code {
	if own, ok := errors.AsType[*recyclebin.Error](err); ok {
		return own.Code
	}
	if _, ok := errors.AsType[*size.LimitError](err); ok {
		return recyclebin.CodeLimit
	}
	return ""
}
