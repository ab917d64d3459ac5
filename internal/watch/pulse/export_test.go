package pulse

import "time"

// SetAtLatest sets how long the third step may be left out.
func (p *Pulse) SetAtLatest(d time.Duration) { p.atLatest = d }

// PID returns the number of the backend.
func (p *Pulse) PID() uint32 { return p.conn.PID() }

// TransactionStatus returns what the server said last: 'I' is no transaction.
func (p *Pulse) TransactionStatus() byte { return p.conn.TxStatus() }

// The SQL of the steps, for measuring what they cost the server.
func (p *Pulse) VisibleSQL() string  { return visibleSQL }
func (p *Pulse) VersionsSQL() string { return p.sql.Fill(versionsSQL) }
func (p *Pulse) ContentSQL() string  { return p.sql.Digests() }
