package command

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// asInit tells a test that it is the first process of a namespace.
const asInit = "SCHEMAGUARD_TEST_AS_INIT"

// The first process of a container takes away what the commands of Directus left, so
// that no dead processes pile up under the command that takes its place.
func TestReap(t *testing.T) {
	if os.Getenv(asInit) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestReap$")
		cmd.Env = append(os.Environ(), asInit+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
		if os.Getuid() != 0 {
			cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		}
		out, err := cmd.CombinedOutput()
		if cmd.Process == nil {
			t.Skip("needs the right to make a process namespace: ", err)
		}
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	if os.Getpid() != 1 {
		t.Fatal("not the first process")
	}
	for range 3 {
		if err := exec.Command("sh", "-c", "exec 0<&- 1>&- 2>&-; sleep 0.01 & sleep 0.01 &").Run(); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(300 * time.Millisecond)
	Reap()
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); err != syscall.ECHILD {
		t.Errorf("process %d is still there: %v", pid, err)
	}
}
