//go:build docker

// Command booter stands in for the entrypoint of a Directus image. At its start it reads the snapshot
// that a real one would apply, and says so in one line:
//
//	boot sha256=HEX path=/directus/snapshots/schema.yaml
//
// Then it waits for a signal. With the word exit it ends at once; with a number it ends with that code.
// With the word echo it instead says whether it has a terminal, and says again what it is told.
// It refuses to touch any database.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(words []string) int {
	path := "/directus/snapshots/schema.yaml"
	code, ends := 0, false
	for _, word := range words {
		n, err := strconv.Atoi(word)
		switch {
		case err == nil:
			code, ends = n, true
		case word == "exit":
			ends = true
		case word == "echo":
			return echo()
		case strings.HasSuffix(word, ".yaml"):
			path = word
		}
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	sum := "none"
	if data, err := os.ReadFile(path); err == nil {
		digest := sha256.Sum256(data)
		sum = hex.EncodeToString(digest[:])
	}
	fmt.Printf("boot sha256=%s path=%s\n", sum, path)
	if !ends {
		fmt.Println("stop", <-stop)
	}
	return code
}

func echo() int {
	_, _, refused := syscall.Syscall(syscall.SYS_IOCTL, 0, syscall.TCGETS, uintptr(unsafe.Pointer(new([64]byte))))
	fmt.Printf("terminal=%v\n", refused == 0)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "bye" {
			return 5
		}
		fmt.Println("heard", lines.Text())
	}
	return 0
}
