package audit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/audit/object"
)

// prove tries the SQL of each finding on the throwaway database, in one transaction that is rolled back.
// It returns the findings in an order in which their SQL ran; those whose SQL did not run come after, then
// what has none. A difference that is gone once both definitions went through the same server is none.
// lenient takes a definition that the server prints differently for the same.
func prove(ctx context.Context, conn *pgconn.PgConn, findings []Finding, lenient bool) ([]Finding, error) {
	p := prover{ctx: ctx, conn: conn}
	if err := p.exec("BEGIN; SAVEPOINT before"); err != nil {
		return nil, err
	}
	defer func() { _ = conn.Exec(context.WithoutCancel(ctx), "ROLLBACK").Close() }()
	var waiting, rest, lacking []*Finding
	for i := range findings {
		switch f := &findings[i]; {
		case f.State == NotInLive:
			lacking = append(lacking, f)
		case len(f.tries) > 0:
			waiting = append(waiting, f)
		default:
			rest = append(rest, f)
		}
	}
	done, failed, err := p.all(waiting, p.one)
	if err != nil {
		return nil, err
	}
	now, err := object.ReadWithin(ctx, conn)
	if err != nil {
		return nil, err
	}
	same, err := p.same(done, now)
	if err != nil {
		return nil, err
	}
	if lacking, err = p.order(lacking); err != nil {
		return nil, err
	}
	var out []Finding
	for _, f := range done {
		o, there := now.Objects[f.Object]
		// Made of live's own definition it is what live has, even where the server now spells it otherwise.
		f.Proved = there && (o.Def == f.live.Def || lenient || strings.Contains(f.SQL, f.live.Create))
		if !f.Proved && f.Remark == "" {
			f.Remark = "its SQL ran on the throwaway database and made something else of it: look at it before it goes to db-init"
		}
		if !same[f.Object] {
			out = append(out, *f)
		}
	}
	for _, f := range slices.Concat(failed, rest, lacking) {
		if f.refused != "" {
			f.Remark = strings.TrimPrefix(f.Remark+"; its SQL does not run on the throwaway database: "+f.refused, "; ")
		}
		out = append(out, *f)
	}
	return out, nil
}

// prover runs SQL within one transaction.
type prover struct {
	ctx  context.Context //nolint:containedctx // of one call
	conn *pgconn.PgConn
}

func (p prover) exec(sql string) error { return p.conn.Exec(p.ctx, sql).Close() }

// attempt runs SQL; when it fails the transaction is as before. The error of the connection is apart from
// that of the SQL.
func (p prover) attempt(sql string) (problem *pgconn.PgError, err error) {
	if err := p.exec("SAVEPOINT attempt"); err != nil {
		return nil, err
	}
	err = p.exec(sql)
	if err == nil {
		return nil, p.exec("RELEASE SAVEPOINT attempt")
	}
	if !errors.As(err, &problem) {
		return nil, err
	}
	return problem, p.exec("ROLLBACK TO SAVEPOINT attempt")
}

// all runs something for findings, for those that it fails for again after the others, until nothing more runs.
func (p prover) all(waiting []*Finding, try func(*Finding) (ran bool, err error)) (done, failed []*Finding, err error) {
	for progress := true; progress && len(waiting) > 0; {
		progress = false
		var again []*Finding
		for _, f := range waiting {
			ran, err := try(f)
			if err != nil {
				return nil, nil, err
			}
			if ran {
				progress = true
				done = append(done, f)
			} else {
				again = append(again, f)
			}
		}
		waiting = again
	}
	return done, waiting, nil
}

// one tries what may bring a finding about, and keeps in it what did.
func (p prover) one(f *Finding) (ran bool, err error) {
	for _, sql := range f.tries {
		problem, err := p.attempt(withoutRows(f.live, sql))
		if err != nil {
			return false, err
		}
		if problem == nil {
			f.SQL, f.refused = sql, ""
			return true, nil
		}
		f.refused = problem.Message
	}
	return false, nil
}

// order finds an order in which what live lacks can be made there: all of it is dropped, and made again.
func (p prover) order(lacking []*Finding) ([]*Finding, error) {
	if len(lacking) < 2 {
		return lacking, nil
	}
	if err := p.exec("ROLLBACK TO SAVEPOINT before"); err != nil {
		return nil, err
	}
	try := func(sql string) (bool, error) {
		problem, err := p.attempt(sql)
		return problem == nil, err
	}
	last := slices.Clone(lacking)
	slices.Reverse(last)
	if _, _, err := p.all(last, func(f *Finding) (bool, error) { return try(f.built.Drop) }); err != nil {
		return nil, err
	}
	done, failed, err := p.all(lacking, func(f *Finding) (bool, error) { return try(withoutRows(f.built, f.LiveSQL)) })
	return append(done, failed...), err
}

// withoutRows keeps a materialized view from being filled: its query may be anything.
func withoutRows(o object.Object, sql string) string {
	if o.Kind != object.MaterializedView {
		return sql
	}
	return strings.Replace(sql, o.Create, strings.TrimSuffix(o.Create, ";")+" WITH NO DATA;", 1)
}

// same finds differences of spelling alone: where live's definition and db-init's, both made anew on this
// server, come out alike. now is what live's became.
func (p prover) same(done []*Finding, now *object.Set) (map[object.Key]bool, error) {
	var doubtful []*Finding
	for _, f := range done {
		if f.State == Differs && f.Object.Kind != object.Column {
			doubtful = append(doubtful, f)
		}
	}
	same := map[object.Key]bool{}
	if len(doubtful) == 0 {
		return same, nil
	}
	if err := p.exec("ROLLBACK TO SAVEPOINT before"); err != nil {
		return nil, err
	}
	for _, f := range doubtful {
		for _, sql := range changes(f.built, f.built) {
			problem, err := p.attempt(withoutRows(f.built, sql))
			if err != nil {
				return nil, err
			}
			if problem == nil {
				break
			}
		}
	}
	built, err := object.ReadWithin(p.ctx, p.conn)
	if err != nil {
		return nil, err
	}
	for _, f := range doubtful {
		a, ok := now.Objects[f.Object]
		b, has := built.Objects[f.Object]
		same[f.Object] = ok && has && (a.Def == b.Def || a.Def == f.built.Def)
	}
	return same, nil
}
