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
	"github.com/schemaguard/schemaguard/internal/recyclebin/held"
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
		what := recyclebin.Of(p)
		if len(what) == 0 {
			return "", nil
		}
		conn, err := recyclebin.Connect(ctx, s.Settings.PG, s.Settings.Display)
		if err != nil {
			return "", err
		}
		defer conn.Close(ctx)
		entry, err := held.Find(ctx, conn, what)
		if err != nil || entry != nil {
			return said("kept in the recycle bin already", entry), err
		}
		entry, err = recyclebin.Fill(ctx, conn, what, recyclebin.Options{
			SearchPath: s.Settings.SearchPath.Names, Limit: s.Config.Trash.Limit.V, Retention: s.Config.Trash.Retention.V,
			Reason: strings.Join(consent.Hide(append([]string{call.Program}, call.Args...)), " "), Tool: app.Version(), By: app.Actor(), Now: c.Now(),
		})
		if code := codeOf(err); code != "" && strings.Contains(","+agreed, ","+string(code)+":") {
			return "not kept in the recycle bin, as agreed to: " + err.Error(), nil
		}
		if err != nil {
			return "", err
		}
		return said("kept in the recycle bin", entry), nil
	}
}

// said says what was kept; empty without an entry.
func said(where string, e *recyclebin.Entry) string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("%s, %d rows, %s; to have it back: schemaguard trash restore %s", where, e.Rows(), recyclebin.Size(e.Bytes), e.ID)
}

// codeOf is the code of what stood in the way of keeping something; empty for none.
func codeOf(err error) recyclebin.Code {
	if own, ok := errors.AsType[*recyclebin.Error](err); ok {
		return own.Code
	}
	if _, ok := errors.AsType[*recyclebin.LimitError](err); ok {
		return recyclebin.CodeLimit
	}
	return ""
}
