package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqltext"
)

// FromFiles returns what [Options.Apply] needs for the files of a project, as [dbinit.Load] returned them:
// they run on the throwaway database as on any other, recorded and in their order. A number that is
// missing does not matter there, nor does a file without a statement: such is the one that the shell has
// just made for the SQL of this very audit. tool is the version of this program.
func FromFiles(set sqlfile.Set, problems []sqlfile.Problem, tool string) func(context.Context, *pgconn.Config, Phase) error {
	problems = slices.DeleteFunc(slices.Clone(problems), func(p sqlfile.Problem) bool { return p.Code == sqlfile.Empty })
	return func(ctx context.Context, throwaway *pgconn.Config, phase Phase) error {
		if len(set.Files) == 0 && len(problems) == 0 {
			return nil
		}
		r, err := dbinit.Open(ctx, throwaway, set, problems, dbinit.Options{Allow: dbinit.Allowable(), Tool: tool})
		if err != nil {
			return unreachable(phase, err)
		}
		defer r.Close()
		_, err = r.Apply(ctx, sqlfile.Phase(phase), nil)
		return unreachable(phase, err)
	}
}

// createdRoles are the roles that db-init itself creates, in statements as they stand: those in a DO block
// look first whether the role is there.
func createdRoles(sources []Source) map[string]bool {
	roles := map[string]bool{}
	for _, source := range sources {
		statements, _ := sqltext.Split(source.Text) // what cannot be split does not run
		for _, s := range statements {
			t := sqltext.Tokens(s.Text)
			if len(t) < 3 || !t[0].Is("CREATE") || !t[1].Is("ROLE") && !t[1].Is("USER") && !t[1].Is("GROUP") {
				continue
			}
			if name, ok := t[2].Name(); ok {
				roles[name] = true
			}
		}
	}
	return roles
}

// unreachable keeps a connection that is gone from passing for a fault of the files.
func unreachable(phase Phase, err error) error {
	if _, gone := errors.AsType[*dbinit.UnreachableError](err); gone {
		return notRun(fmt.Sprintf("running db-init (%s)", phase), "", err)
	}
	return err
}
