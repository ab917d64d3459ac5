// Command fakedocker stands for docker in tests: FAKE says what it does.
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	switch what := os.Getenv("FAKE"); what {
	case "argv":
		fmt.Print(strings.Join(os.Args, "\x00"))
	case "cat":
		if _, err := io.Copy(os.Stdout, os.Stdin); err != nil {
			os.Exit(1)
		}
	case "signal":
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGINT, syscall.SIGTERM)
		fmt.Println("ready", os.Getpid())
		fmt.Println("got", <-c)
		os.Exit(5)
	case "tty":
		for _, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
			info, err := f.Stat()
			fmt.Print(err == nil && info.Mode()&os.ModeCharDevice != 0, " ")
		}
	default:
		code, err := strconv.Atoi(what)
		if err != nil {
			code = 99
		}
		os.Exit(code)
	}
}
