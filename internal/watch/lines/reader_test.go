package lines

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"testing"
	"time"
)

func TestAwaitNoReader(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("nobody can tell here")
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	heard := make(chan bool, 1)
	go func() { heard <- AwaitNoReader(t.Context(), w) }()
	select {
	case gone := <-heard:
		t.Fatalf("returned %v while somebody reads", gone)
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := w.WriteString("a line\n"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case gone := <-heard:
		if !gone {
			t.Error("a reader that went was not seen")
		}
	case <-time.After(20 * time.Second):
		t.Error("a reader that went was not heard of")
	}

	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if AwaitNoReader(t.Context(), file) || AwaitNoReader(t.Context(), &bytes.Buffer{}) || AwaitNoReader(ctx, w) {
		t.Error("what has no reader, or was given up, counts as gone")
	}
}
