package recyclebin

import (
	"strings"
	"testing"

	"github.com/schemaguard/schemaguard/internal/pgserver/pgtest"
)

// raritiesSQL is what a table can have besides that of richSQL.
const raritiesSQL = `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO rare_reader; ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO rare_reader;
CREATE SCHEMA other; CREATE TYPE other.state AS ENUM ('new', 'old'); CREATE TYPE other.pair AS (a integer, b text); CREATE DOMAIN other.code AS text CHECK (VALUE <> '') DEFAULT 'c';
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$;
CREATE SEQUENCE shared START 10;
CREATE TABLE countries (code char(2), part integer, PRIMARY KEY (code, part));
CREATE SEQUENCE invoice_numbers; CREATE SEQUENCE down INCREMENT -2 MINVALUE -100 MAXVALUE 0 START 0 CACHE 3 CYCLE;
CREATE TABLE invoices (
  id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME invoice_ids START 7 INCREMENT 3 CACHE 5) PRIMARY KEY, number text NOT NULL DEFAULT 'INV-' || nextval('invoice_numbers'),
  shared bigint DEFAULT nextval('shared'), countdown integer DEFAULT nextval('down'), states other.state[] DEFAULT ARRAY['new']::other.state[], pair other.pair, code other.code, grid integer[][],
  country char(2), part integer, flags bit varying(8) DEFAULT B'101', span int4range, at timestamptz(3) DEFAULT now(), "when" time with time zone, paid interval day to second(0), doc jsonb DEFAULT '{"a": [1]}', raw bytea, amount money, search tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(code, ''))) STORED,
  FOREIGN KEY (country, part) REFERENCES countries MATCH FULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT invoices_span EXCLUDE USING gist (span WITH &&) WHERE (span IS NOT NULL), CONSTRAINT invoices_part CHECK (part > 0) NO INHERIT, UNIQUE NULLS NOT DISTINCT (country, code) INCLUDE (part));
ALTER SEQUENCE invoice_numbers OWNED BY invoices.number; ALTER SEQUENCE down OWNED BY invoices.countdown; COMMENT ON SEQUENCE down IS 'down';
ALTER TABLE invoices ADD CONSTRAINT invoices_old CHECK (code <> 'c') NOT VALID;
CREATE UNIQUE INDEX invoices_identity ON invoices (number); ALTER TABLE invoices REPLICA IDENTITY USING INDEX invoices_identity;
CREATE INDEX invoices_at ON invoices USING brin (at) WITH (pages_per_range = 4); ALTER TABLE invoices CLUSTER ON invoices_pkey;
CREATE INDEX invoices_expr ON invoices ((doc ->> 'a'), upper(code)); ALTER INDEX invoices_expr ALTER COLUMN 1 SET STATISTICS 500;
CREATE CONSTRAINT TRIGGER invoices_late AFTER INSERT OR UPDATE OF code ON invoices DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.part > 3) EXECUTE FUNCTION note();
CREATE TRIGGER invoices_trunc BEFORE TRUNCATE ON invoices EXECUTE FUNCTION note(); ALTER TABLE invoices ENABLE ALWAYS TRIGGER invoices_trunc;
CREATE RULE invoices_rule AS ON DELETE TO invoices WHERE old.part = 9 DO INSTEAD NOTHING; COMMENT ON RULE invoices_rule ON invoices IS 'a rule';
ALTER TABLE invoices FORCE ROW LEVEL SECURITY; CREATE POLICY reads ON invoices AS RESTRICTIVE FOR UPDATE TO rare_reader, rare_writer USING (part > 1) WITH CHECK (part > 2); COMMENT ON POLICY reads ON invoices IS 'a policy';
CREATE STATISTICS other.invoices_stats (ndistinct, mcv) ON country, (part + 1) FROM invoices; COMMENT ON STATISTICS other.invoices_stats IS 'statistics'; ALTER STATISTICS other.invoices_stats SET STATISTICS 200;
REVOKE ALL ON invoices FROM rare_reader; GRANT INSERT, SELECT ON invoices TO rare_writer WITH GRANT OPTION; GRANT REFERENCES (part), UPDATE (part) ON invoices TO rare_reader;
GRANT USAGE, SELECT ON invoice_numbers TO rare_writer; REVOKE ALL ON down FROM rare_reader; GRANT ALL ON invoice_ids TO rare_writer;
ALTER TABLE invoices SET (autovacuum_enabled = off, toast.autovacuum_enabled = off);
CREATE TABLE payments (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, invoice bigint, CONSTRAINT payments_invoice FOREIGN KEY (invoice) REFERENCES invoices ON DELETE SET NULL NOT VALID);
COMMENT ON CONSTRAINT payments_invoice ON payments IS 'from elsewhere';
INSERT INTO countries VALUES ('de', 1), ('at', 2);
INSERT INTO invoices (pair, code, grid, country, part, span, doc, raw, amount, "when", paid) SELECT (i, 'x')::other.pair, 'k' || i, ARRAY[[i, 2], [3, NULL]], 'de', 1, int4range(i, i + 1), '{"z": 1.50}', '\x00ff'::bytea, 3.5, '12:00+02', '1 day 3 s' FROM generate_series(1, 9) i;
INSERT INTO payments (id, invoice) SELECT ('00000000-0000-0000-0000-00000000000' || i)::uuid, 7 + 3 * i FROM generate_series(0, 5) i;`

func TestRaritiesComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t)
	conn := connect(t, dsn)
	for _, role := range []string{"rare_reader", "rare_writer", "rare_owner"} {
		_ = conn.Exec(t.Context(), "CREATE ROLE "+role).Close() // of a run before
	}
	run(t, conn, raritiesSQL)
	run(t, conn, "ALTER TABLE invoices OWNER TO rare_owner")
	before := dump(t, dsn)
	fill(t, conn, Doomed{Kind: KindTable, Table: "invoices"})
	run(t, conn, "ALTER TABLE payments DROP CONSTRAINT payments_invoice; DROP TABLE invoices")
	out := restore(t, conn, "invoices", RestoreOptions{})
	if len(out.Notes) > 0 {
		t.Errorf("notes: %q", out.Notes)
	}
	for _, line := range lineDiff(before, dump(t, dsn)) {
		t.Error(line)
	}
	restore(t, conn, "invoices", RestoreOptions{As: "beside"})
	if got := ask(t, conn, "SELECT x.grantee::regrole FROM pg_class c, aclexplode(c.relacl) x WHERE c.relname = 'beside' AND x.grantee <> c.relowner"); got != "" {
		t.Errorf("rows that few could see are open to %s", got)
	}
}

// lineDiff names the lines that are in one of two texts only.
func lineDiff(a, b string) (out []string) {
	count := map[string]int{}
	for l := range strings.SplitSeq(a, "\n") {
		count[l]++
	}
	for l := range strings.SplitSeq(b, "\n") {
		count[l]--
	}
	for l, n := range count {
		if n > 0 {
			out = append(out, "gone: "+l)
		} else if n < 0 {
			out = append(out, "new: "+l)
		}
	}
	return out
}

// A number that became a truth value is a number again, which no text of it would tell.
func TestANumberComesBackFromATruthValue(t *testing.T) {
	t.Parallel()
	conn := connect(t, pgtest.Database(t))
	run(t, conn, "CREATE TABLE n (id integer PRIMARY KEY, v integer DEFAULT 3); INSERT INTO n VALUES (1, 5), (2, 0), (3, NULL), (4, 9)")
	fill(t, conn, Doomed{Kind: KindNarrowed, Table: "n", Column: "v", From: "integer", To: "boolean"})
	run(t, conn, "ALTER TABLE n ALTER v DROP DEFAULT, ALTER v TYPE boolean USING v::boolean; UPDATE n SET v = false WHERE id = 4")
	restore(t, conn, "n.v", RestoreOptions{})
	if got := ask(t, conn, "SELECT id, v FROM n ORDER BY id"); got != "1|5\n2|0\n3|\n4|0" {
		t.Errorf("got %q", got)
	}

	// Of a time nothing makes a moment again: the values stay where they are, and are named.
	run(t, conn, "CREATE TABLE m (id integer PRIMARY KEY, v timestamptz); INSERT INTO m VALUES (1, now())")
	e := fill(t, conn, Doomed{Kind: KindNarrowed, Table: "m", Column: "v", From: "timestamptz", To: "time"})
	run(t, conn, "ALTER TABLE m ALTER v TYPE time USING v::time")
	if _, err := Restore(t.Context(), conn, "m.v", RestoreOptions{Now: noon}); code(err) != CodeUnsupported || !strings.Contains(err.Error(), e.Items[0].Copy) {
		t.Errorf("%v", err)
	}
}
