package catalog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/schemaguard/schemaguard/internal/plan"
	"github.com/schemaguard/schemaguard/internal/sqlquote"
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
	l := losses{conn: conn, deadline: time.Now().Add(budget), counts: map[plan.Effect]Count{}}
	if err := runQueries(ctx, conn, begin(c.Options), nil, nil); err != nil {
		return l.counts, fmt.Errorf("counting the loss: %w", err)
	}
	defer rollback(conn)
	purged := map[string][]plan.Effect{}
	var single []lossQuery
	for _, e := range effects {
		if _, seen := l.counts[e]; seen {
			continue
		}
		q, ok := c.lossQuery(e)
		if !ok {
			continue
		}
		l.counts[e] = Count{N: NotCounted}
		if e.Op == plan.PurgeRows {
			purged[q.from] = append(purged[q.from], e)
			continue
		}
		single = append(single, q)
	}
	for _, table := range slices.Sorted(maps.Keys(purged)) {
		if !l.countPurged(ctx, table, purged[table]) {
			for _, e := range purged[table] {
				q, _ := c.lossQuery(e)
				single = append(single, q)
			}
		}
	}
	for batch := range slices.Chunk(single, batchSize) {
		if l.left() < time.Millisecond {
			break
		}
		if !l.countBatch(ctx, batch) {
			for _, q := range batch {
				l.countOne(ctx, q)
			}
		}
	}
	return l.counts, nil
}

// batchSize is how many counts are asked for in one message.
const batchSize = 50

// losses are the counts of one CountLoss.
type losses struct {
	conn     *pgconn.PgConn
	deadline time.Time
	counts   map[plan.Effect]Count
}

func (l *losses) left() time.Duration { return time.Until(l.deadline) }

// countBatch counts in one message. It returns false where one of the counts
// failed, and so all of them.
func (l *losses) countBatch(ctx context.Context, batch []lossQuery) bool {
	var queries []query
	var many []lossQuery
	for _, q := range batch {
		queries = append(queries, query{q.bounded(), func(row [][]byte) error {
			if seen, _ := strconv.ParseInt(string(row[0]), 10, 64); seen >= exactBelow {
				many = append(many, q)
				return nil
			}
			n, err := strconv.ParseInt(string(row[1]), 10, 64)
			l.counts[q.effect] = Count{N: n}
			return err
		}})
	}
	if !l.run(ctx, queries) {
		return false
	}
	for _, q := range many {
		l.estimate(ctx, q)
	}
	return true
}

// countPurged counts the rows that a system table has of several collections, in
// one go over it: the activity log is long, and has no index. It returns false
// where that cannot be done.
func (l *losses) countPurged(ctx context.Context, table string, effects []plan.Effect) bool {
	var names []string
	byName := map[string]plan.Effect{}
	for _, e := range effects {
		names = append(names, sqlquote.Literal(e.Column))
		byName[e.Column] = e
	}
	total, counts := int64(0), map[plan.Effect]Count{}
	sql := "SELECT collection, count(*) FROM (SELECT collection FROM " + table + " WHERE collection IN (" + strings.Join(names, ", ") +
		") LIMIT " + strconv.Itoa(exactBelow) + ") bounded GROUP BY collection"
	if l.left() < time.Millisecond || !l.run(ctx, []query{{sql, func(row [][]byte) error {
		n, err := strconv.ParseInt(string(row[1]), 10, 64)
		total += n
		counts[byName[string(row[0])]] = Count{N: n}
		return err
	}}}) || total >= exactBelow {
		return false
	}
	for _, e := range effects {
		l.counts[e] = counts[e]
	}
	return true
}

// countOne counts up to the limit, and asks the planner where there is more.
func (l *losses) countOne(ctx context.Context, q lossQuery) {
	if l.left() >= time.Millisecond {
		_ = l.countBatch(ctx, []lossQuery{q})
	}
}

// estimate asks the planner.
func (l *losses) estimate(ctx context.Context, q lossQuery) {
	where := ""
	if q.where != "" {
		where = " WHERE " + q.where
	}
	first := true
	_ = l.run(ctx, []query{{"EXPLAIN SELECT 1 FROM " + q.from + where, func(row [][]byte) error {
		if m := plannedRows.FindSubmatch(row[0]); first && m != nil {
			n, _ := strconv.ParseInt(string(m[1]), 10, 64)
			l.counts[q.effect] = Count{N: n, Estimate: true}
		}
		first = false
		return nil
	}}})
}

// run sends queries that may fail or run too long without ending the transaction
// around them.
func (l *losses) run(ctx context.Context, queries []query) bool {
	queries = append(queries, query{sql: "RELEASE SAVEPOINT loss"})
	err := runQueries(ctx, l.conn, []string{
		"SAVEPOINT loss",
		"SET LOCAL statement_timeout = " + strconv.FormatInt(max(1, l.left().Milliseconds()), 10),
	}, queries, nil)
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		_ = l.conn.Exec(ctx, "ROLLBACK TO SAVEPOINT loss").Close()
	}
	return err == nil
}

// lossQuery is the table to look at and the rows of it that count.
type lossQuery struct {
	effect      plan.Effect
	from, where string
}

func (c *Catalog) lossQuery(e plan.Effect) (lossQuery, bool) {
	column := sqlquote.Identifier(e.Column)
	switch e.Op {
	case plan.DropTable:
		return lossQuery{e, c.qualified(e.Table), ""}, true
	case plan.DropColumn:
		return lossQuery{e, c.qualified(e.Table), column + " IS NOT NULL"}, true
	case plan.NarrowType:
		if e.MaxLength > 0 {
			return lossQuery{e, c.qualified(e.Table), "length(" + column + "::text) > " + strconv.Itoa(e.MaxLength)}, true
		}
		return lossQuery{e, c.qualified(e.Table), column + " IS NOT NULL"}, true
	case plan.PurgeRows:
		return lossQuery{e, c.qualified(e.Table), "collection = " + sqlquote.Literal(e.Column)}, true
	}
	return lossQuery{}, false
}

// qualified names a table of the searched schemas with its schema.
func (c *Catalog) qualified(table string) string {
	for _, t := range c.Tables {
		if t.Name == table {
			return sqlquote.Identifier(t.Schema) + "." + sqlquote.Identifier(table)
		}
	}
	return sqlquote.Identifier(table)
}

// bounded counts the rows looked at, at most exactBelow, and those of them that
// count.
func (q lossQuery) bounded() string {
	return "SELECT count(*), count(*) FILTER (WHERE keep) FROM (SELECT " + orTrue(q.where) + " AS keep FROM " + q.from +
		" LIMIT " + strconv.Itoa(exactBelow) + ") bounded"
}

var plannedRows = regexp.MustCompile(` rows=(\d+) `)

func orTrue(where string) string {
	if where == "" {
		return "true"
	}
	return where
}
