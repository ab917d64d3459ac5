package terminal

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// pty returns the terminal side of a pseudo terminal with the given columns.
func pty(t *testing.T, columns uint16) *os.File {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs pseudo terminals: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: 24}); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs /dev/pts: %v", err)
	}
	t.Cleanup(func() { slave.Close() })
	return slave
}

func TestStreams(t *testing.T) {
	t.Parallel()
	_, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	wide, narrow, unknown := pty(t, 120), pty(t, 5), pty(t, 0)
	type env = map[string]string
	for name, c := range map[string]struct {
		in, out, err     *os.File
		env              env
		inTTY, outT, eTT bool
		width            int
	}{
		"all pipes":           {pipe, pipe, pipe, nil, false, false, false, 0},
		"pipes with COLUMNS":  {pipe, pipe, pipe, env{"COLUMNS": "40"}, false, false, false, 0},
		"terminal":            {wide, wide, wide, nil, true, true, true, 120},
		"COLUMNS":             {wide, wide, wide, env{"COLUMNS": "40"}, true, true, true, 40},
		"nonsense in COLUMNS": {wide, wide, wide, env{"COLUMNS": "-1"}, true, true, true, 120},
		"only stderr":         {pipe, pipe, wide, nil, false, false, true, 120},
		"out before err":      {pipe, wide, narrow, nil, false, true, true, 120},
		"too narrow":          {narrow, narrow, narrow, nil, true, true, true, minWidth},
		"too wide":            {wide, wide, wide, env{"COLUMNS": "99999"}, true, true, true, maxWidth},
		"size not known":      {unknown, unknown, unknown, nil, true, true, true, defaultWidth},
	} {
		s := newStreams(c.in, c.out, c.err, environment(c.env))
		if s.InTTY != c.inTTY || s.OutTTY != c.outT || s.ErrTTY != c.eTT || s.Width != c.width {
			t.Errorf("%s: in %v, out %v, err %v, width %d", name, s.InTTY, s.OutTTY, s.ErrTTY, s.Width)
		}
	}
}

func TestSystem(t *testing.T) {
	t.Parallel()
	s := System(environment(nil))
	if s.In != os.Stdin || s.Out != os.Stdout || s.Err != os.Stderr {
		t.Error("the streams are not those of the process")
	}
}
