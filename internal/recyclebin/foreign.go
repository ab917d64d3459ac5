package recyclebin

import (
	"context"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/recyclebin/definition"
	"github.com/schemaguard/schemaguard/internal/recyclebin/statement"
)

// foreignKeys makes the foreign keys from and to what came back, once all of it is
// there. One whose other side is gone is named; one that rows of today do not keep is
// made NOT VALID, so that it holds for rows to come.
func (r *restoring) foreignKeys(ctx context.Context) error {
	done := map[string]bool{}
	for i := range r.entry.Items {
		it := &r.entry.Items[i]
		if it.Definition == nil || it.Kind == KindNarrowed {
			continue
		}
		t := it.Definition
		from, to := t.Foreign, t.Incoming
		if it.Kind == KindColumn {
			from, to = definition.Of(from, it.Column), definition.Of(to, it.Column)
		}
		for _, o := range from {
			if err := r.foreignKey(ctx, done, o, t.Schema, t.Name, o.Columns, o.Schema, o.Table); err != nil {
				return err
			}
		}
		for _, o := range to {
			if err := r.foreignKey(ctx, done, o, o.Schema, o.Table, o.Other, t.Schema, t.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// foreignKey makes one key of table, unless it is there.
func (r *restoring) foreignKey(ctx context.Context, done map[string]bool, o definition.Object, schema, table string, columns []string, otherSchema, other string) error {
	owner := statement.Qualified(schema, table)
	if done[owner+o.Name] {
		return nil
	}
	done[owner+o.Name] = true
	rows, err := r.Rows(ctx, fmt.Sprintf(`SELECT (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass(%[1]s) AND NOT a.attisdropped AND a.attname IN (%[2]s)),
  pg_catalog.to_regclass(%[3]s) IS NOT NULL, EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = pg_catalog.to_regclass(%[1]s) AND k.conname = %[4]s)`,
		statement.Value(owner), statement.Values(columns), statement.Value(statement.Qualified(otherSchema, other)), statement.Value(o.Name)))
	if err != nil {
		return err
	}
	switch row := rows[0]; {
	case row[2] == "t":
		return nil
	case number(row[0]) != int64(len(columns)):
		r.note("foreign key %s of %s did not come back: %s.%s is not there", o.Name, table, table, strings.Join(columns, ", "))
		return nil
	case row[1] != "t":
		r.note("foreign key %s of %s did not come back: table %s is not there", o.Name, table, other)
		return nil
	}
	refused, err := r.Try(ctx, o.SQL)
	if err != nil {
		return err
	}
	if refused != nil && refused.Code == "23503" {
		r.note("foreign key %s of %s is NOT VALID: some of its rows point to rows of %s that are gone", o.Name, table, other)
		if refused, err = r.Try(ctx, o.SQL+" NOT VALID"); err != nil {
			return err
		}
	}
	switch {
	case refused != nil:
		r.note("foreign key %s of %s did not come back: %s", o.Name, table, refused.Message)
	case o.Comment != "":
		err = r.Exec(ctx, "COMMENT ON CONSTRAINT "+statement.Name(o.Name)+" ON "+owner+" IS "+statement.Value(o.Comment))
	}
	return err
}
