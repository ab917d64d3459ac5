//go:build tools

package main

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// machine describes what the numbers were measured on, without naming it.
func machine(postgres string) string {
	parts := []string{strconv.Itoa(runtime.NumCPU()) + " cores"}
	if model := processor(); model != "" {
		parts = append(parts, model)
	}
	return strings.Join(append(parts, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version(), postgres), ", ")
}

// processor returns the model of the processor where Linux tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range bytes.Lines(info) {
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
