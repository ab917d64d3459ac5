package verify

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// printed keeps the end of what a command prints. Both its streams write to it.
type printed struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements io.Writer.
func (p *printed) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.buf = append(p.buf, data...)
	if len(p.buf) > 2*maxOutput {
		p.buf = append([]byte{}, p.buf[len(p.buf)-maxOutput:]...)
	}
	return len(data), nil
}

func (p *printed) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return string(p.buf)
}

// tail is the last error that a command printed, to end a sentence with.
func tail(errors []string) string {
	if len(errors) == 0 {
		return ""
	}
	last := errors[len(errors)-1]
	if _, after, ok := strings.Cut(last, "ERROR: "); ok {
		last = after
	}
	return ": " + last
}

// saysError is a line that says what went wrong, in the words of Node, docker and
// shells; a property of an error (severity: 'ERROR') does not.
var saysError = regexp.MustCompile(`(?i)error(: |:$| )`)

// reasons are what a command called an error; where it called nothing so, the first
// line of its output that reads like one, else the last: not every form of the result shows
// the output.
func reasons(errors, output []string) []string {
	if len(errors) > 0 || len(output) == 0 {
		return errors
	}
	if i := slices.IndexFunc(output, saysError.MatchString); i >= 0 {
		end := i + 1 // a statement in a message has lines of its own, before the stack
		for strings.HasSuffix(strings.TrimSpace(output[i]), ":") && end < len(output) && !strings.HasPrefix(strings.TrimSpace(output[end]), "at ") {
			end++
		}
		text := strings.ReplaceAll(strings.Join(output[i:end], " "), `\t`, " ")
		return []string{strings.Join(strings.Fields(text), " ")}
	}
	return output[len(output)-1:]
}
