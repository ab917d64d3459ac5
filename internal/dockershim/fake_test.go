package dockershim

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
)

var buildFake = sync.OnceValues(func() (string, error) {
	path := filepath.Join(fakeDir, "fakedocker")
	out, err := exec.Command("go", "build", "-o", path, "./testdata/fakedocker").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})
