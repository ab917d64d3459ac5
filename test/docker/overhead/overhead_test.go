package overhead

import (
	"strings"
	"testing"
	"time"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	m, err := Measure(t.Context(), nil, []string{"sleep", "0.01"}, []string{"sleep", "0.11"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if m.Added() < 50*time.Millisecond || m.Direct < 10*time.Millisecond {
		t.Errorf("%v added to %v", m.Added(), m.Direct)
	}
	_, err = Measure(t.Context(), nil, []string{"true"}, []string{"false"}, 1)
	if err == nil || !strings.Contains(err.Error(), "running false") {
		t.Errorf("a failing wrapper: %v", err)
	}
}
