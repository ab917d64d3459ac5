// Command image is all that is in an image besides schemaguard: a Directus that does
// nothing, and a command to start.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	switch os.Args[1] {
	case "bootstrap": // leaves a process behind, which ends before the boot does
		fmt.Println("bootstrap as user", os.Getuid(), again("leave").Run())
		time.Sleep(200 * time.Millisecond)
	case "leave":
		_ = again("nothing").Start()
	case "apply":
		fmt.Println("apply", os.Args[2])
	case "serve":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		fmt.Printf("serving as process %d, user %d, with %d dead processes\n", os.Getpid(), os.Getuid(), dead())
		<-stop
		os.Exit(7)
	}
}

func again(word string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", word)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd
}

func dead() (n int) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, _ := os.ReadFile(file)
		if _, state, _ := strings.Cut(string(text), ") "); strings.HasPrefix(state, "Z") {
			n++
		}
	}
	return n
}
