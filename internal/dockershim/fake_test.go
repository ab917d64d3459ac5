package dockershim

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

var buildFake = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fakedocker")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "fakedocker")
	out, err := exec.Command("go", "build", "-o", path, "./testdata/fakedocker").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})
