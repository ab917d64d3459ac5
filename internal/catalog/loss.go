package catalog

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/plan"
)

// exactBelow is the number of rows up to which a loss is counted; above it the
// planner's estimate has to do.
const exactBelow = 100_000

// NotCounted is the count of a loss that could not be counted in time.
const NotCounted = -1

// Count is how many rows or values an effect would destroy.
type Count struct {
	N        int64 // [NotCounted] where the time ran out or the table could not be read
	Estimate bool  // the planner's guess
}

// CountLoss counts what each effect would destroy: the rows of a dropped table,
// the values of a dropped column, the values too long for a narrowed type, the
// rows purged from a system table. Other effects are left out of the result.
//
// It counts inside one read-only transaction and gives up on what is left when
// the budget is spent. An error means that no transaction could be had at all.
func (c *Catalog) CountLoss(ctx context.Context, conn *pgconn.PgConn, effects []plan.Effect, budget time.Duration) (map[plan.Effect]Count, error) {
	counts := map[plan.Effect]Count{}
	if err := runQueries(ctx, conn, begin(c.Options), nil, nil); err != nil {
		return counts, fmt.Errorf("counting the loss: %w", err)
	}
	defer rollback(conn)
	deadline := time.Now().Add(budget)
	for _, e := range effects {
		if _, done := counts[e]; done {
			continue
		}
		q, ok := c.lossQuery(e)
		if !ok {
			continue
		}
		left := time.Until(deadline)
		if left < time.Millisecond {
			counts[e] = Count{N: NotCounted}
			continue
		}
		counts[e] = countOne(ctx, conn, q, left)
	}
	return counts, nil
}

// lossSQL is the table to look at and the rows of it that count.
type lossSQL struct{ from, where string }

func (c *Catalog) lossQuery(e plan.Effect) (lossSQL, bool) {
	column := quoteIdentifier(e.Column)
	switch e.Op {
	case plan.DropTable:
		return lossSQL{from: c.qualified(e.Table)}, true
	case plan.DropColumn:
		return lossSQL{c.qualified(e.Table), column + " IS NOT NULL"}, true
	case plan.NarrowType:
		if e.MaxLength > 0 {
			return lossSQL{c.qualified(e.Table), "length(" + column + "::text) > " + strconv.Itoa(e.MaxLength)}, true
		}
		return lossSQL{c.qualified(e.Table), column + " IS NOT NULL"}, true
	case plan.PurgeRows:
		return lossSQL{c.qualified(e.Table), "collection = " + quoteLiteral(e.Column)}, true
	}
	return lossSQL{}, false
}

// qualified names a table of the searched schemas with its schema.
func (c *Catalog) qualified(table string) string {
	for _, t := range c.Tables {
		if t.Name == table {
			return quoteIdentifier(t.Schema) + "." + quoteIdentifier(table)
		}
	}
	return quoteIdentifier(table)
}

// countOne counts up to the limit, and asks the planner where there is more.
func countOne(ctx context.Context, conn *pgconn.PgConn, q lossSQL, left time.Duration) Count {
	where := ""
	if q.where != "" {
		where = " WHERE " + q.where
	}
	bounded := "SELECT count(*), count(*) FILTER (WHERE keep) FROM (SELECT " + orTrue(q.where) + " AS keep FROM " + q.from +
		" LIMIT " + strconv.Itoa(exactBelow) + ") bounded"
	row, err := queryRow(ctx, conn, left, bounded)
	if err != nil || len(row) != 2 {
		return Count{N: NotCounted}
	}
	if seen, _ := strconv.ParseInt(row[0], 10, 64); seen < exactBelow {
		n, _ := strconv.ParseInt(row[1], 10, 64)
		return Count{N: n}
	}
	row, err = queryRow(ctx, conn, left, "EXPLAIN SELECT 1 FROM "+q.from+where)
	if err != nil || len(row) == 0 {
		return Count{N: NotCounted}
	}
	m := plannedRows.FindStringSubmatch(row[0])
	if m == nil {
		return Count{N: NotCounted}
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return Count{N: n, Estimate: true}
}

var plannedRows = regexp.MustCompile(` rows=(\d+) `)

func orTrue(where string) string {
	if where == "" {
		return "true"
	}
	return where
}

// queryRow returns the first row of a query that may fail or run too long
// without ending the transaction around it.
func queryRow(ctx context.Context, conn *pgconn.PgConn, left time.Duration, sql string) ([]string, error) {
	var row []string
	err := runQueries(ctx, conn, []string{
		"SAVEPOINT loss",
		"SET LOCAL statement_timeout = " + strconv.FormatInt(max(1, left.Milliseconds()), 10),
	}, []query{{sql, func(r [][]byte) error {
		if row == nil {
			for _, cell := range r {
				row = append(row, string(cell))
			}
		}
		return nil
	}}}, nil)
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		_ = conn.Exec(ctx, "ROLLBACK TO SAVEPOINT loss").Close()
	}
	return row, err
}
