package watching

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/schemaguard/schemaguard/internal/cli/app"
	"github.com/schemaguard/schemaguard/internal/exitcode"
	"github.com/schemaguard/schemaguard/internal/watch/trigger"
)

// triggers installs or removes the triggers, after the SQL was shown and somebody
// agreed.
func (a commands) triggers(f flags) error {
	w, err := a.Workspace()
	if err != nil {
		return err
	}
	st, err := w.Resolve(a.Ctx)
	if err != nil {
		return err
	}
	sql, verb := trigger.InstallSQL(st.SearchPath.Names), "install"
	if f.removeTriggers {
		sql, verb = trigger.RemoveSQL(), "remove"
	}
	fmt.Fprintf(a.Streams.Out, "-- %s\n%s", st.Display, sql)
	if !f.yes {
		if err := a.agree(fmt.Sprintf("run this in %s? [y/N] ", st.Display), verb); err != nil {
			return err
		}
	}
	conn, err := trigger.Connect(a.Ctx, st.PG, st.Display)
	if err != nil {
		return err
	}
	defer conn.Close(a.Ctx)
	var noRight *trigger.NoRightError
	if f.removeTriggers {
		if err := trigger.Remove(a.Ctx, conn); err != nil {
			return asRefusal(err, &noRight)
		}
		a.Note("the triggers are removed")
		return nil
	}
	status, err := trigger.Install(a.Ctx, conn, st.SearchPath.Names)
	if err != nil {
		return asRefusal(err, &noRight)
	}
	a.Note("the triggers are installed; to take them out: schemaguard watch --remove-triggers")
	if missing := status.Missing(); missing != "" {
		a.Note(missing)
	}
	return nil
}

// agree asks whoever is there, and fails where nobody is or the answer is no.
func (a commands) agree(question, verb string) error {
	if !a.Streams.Interactive() {
		return app.HintError{
			Code: exitcode.Usage, Err: errors.New("nobody is there to agree to this SQL"),
			Hints: []string{"schemaguard watch --" + verb + "-triggers --yes"},
		}
	}
	fmt.Fprint(a.Streams.Err, "schemaguard: "+question)
	answer, _ := bufio.NewReader(a.Streams.In).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return app.HintError{Code: exitcode.Drift, Err: errors.New("not agreed to: nothing was changed")}
}

// asRefusal gives a missing right its exit code.
func asRefusal(err error, noRight **trigger.NoRightError) error {
	if errors.As(err, noRight) {
		return app.HintError{Code: exitcode.Usage, Err: err}
	}
	return err
}
