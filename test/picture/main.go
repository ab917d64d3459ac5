//go:build tools

// Command picture makes docs/refusal.svg: the refusal that the demo shows, as a
// terminal shows it. It runs the demo itself and draws what it printed, so the
// picture cannot say what the program does not.
//
//	go run -tags tools ./test/picture docs/refusal.svg
//
// What differs from run to run is replaced by fixed text: the address of the
// throwaway database, the time, the host's name.
package main

import (
	"bytes"
	"fmt"
	"html"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: picture FILE.svg")
	}
	out, err := demo()
	if err != nil {
		log.Fatal(err)
	}
	lines, err := refusal(out)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], draw(lines), 0o644); err != nil {
		log.Fatal(err)
	}
}

// demo builds the program and runs its demo in colour.
func demo() (string, error) {
	dir, err := os.MkdirTemp("", "picture-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "schemaguard")
	if out, err := exec.Command("go", "build", "-o", program, "./cmd/schemaguard").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w: %s", err, out)
	}
	var out bytes.Buffer
	cmd := exec.Command(program, "demo", "--color", "always")
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	cmd.Env = append(os.Environ(), "TZ=UTC", "NO_COLOR=")
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("running the demo: %w", err)
	}
	return out.String(), nil
}

// volatile is what differs from run to run.
var volatile = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`postgres@\[[^\]]*\]:\d+/fleet`), "directus@localhost:5432/fleet"},
	{regexp.MustCompile(`(created|changed) \d\d:\d\d by`), "$1 14:02 by"},
	{regexp.MustCompile(`(created|changed) \d{4}-\d\d-\d\d \d\d:\d\d by`), "$1 14:02 by"},
}

// refusal cuts the scene of the refused check out of the demo.
func refusal(out string) ([]string, error) {
	_, scene, ok := strings.Cut(out, "gets a no:")
	if !ok {
		return nil, fmt.Errorf("the demo shows no refusal")
	}
	scene, _, _ = strings.Cut(scene, "# The way out")
	for _, v := range volatile {
		scene = v.pattern.ReplaceAllString(scene, v.text)
	}
	var lines []string
	for line := range strings.SplitSeq(strings.Trim(scene, "\n"), "\n") {
		if plain := strings.TrimSpace(escapes.ReplaceAllString(line, "")); plain == "" && len(lines) == 0 || strings.HasPrefix(plain, "(exit code") {
			continue
		}
		lines = append(lines, line)
	}
	for len(lines) > 0 && strings.TrimSpace(escapes.ReplaceAllString(lines[len(lines)-1], "")) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines, nil
}

var escapes = regexp.MustCompile("\x1b\\[([0-9;]*)m")

const (
	charWidth, lineHeight = 8.4, 19
	margin                = 18
	title                 = 34
)

// draw lays the lines out as a terminal window.
func draw(lines []string) []byte {
	columns := 0
	for _, line := range lines {
		columns = max(columns, len([]rune(escapes.ReplaceAllString(line, ""))))
	}
	width, height := int(float64(columns)*charWidth)+2*margin, len(lines)*lineHeight+title+margin
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" role="img" aria-label="schemaguard check refuses: two collections and 1,242 rows would be dropped">`+"\n", width, height, width)
	b.WriteString(`<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dae0;white-space:pre}.b{font-weight:700}.d{fill:#8b919c}.r{fill:#ff7b72}.g{fill:#7ee787}.y{fill:#e3b341}.m{fill:#d2a8ff}.c{fill:#79c0ff}</style>` + "\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="10" fill="#15181d" stroke="#30363d"/>`+"\n", width, height)
	for i, colour := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&b, `<circle cx="%d" cy="17" r="6" fill="%s"/>`, margin+4+20*i, colour)
	}
	b.WriteByte('\n')
	for i, line := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d" xml:space="preserve">%s</text>`+"\n", margin, title+14+i*lineHeight, spans(line))
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// spans turns a line with colours into SVG.
func spans(line string) string {
	var b strings.Builder
	var classes []string
	write := func(text string) {
		if text == "" {
			return
		}
		if len(classes) == 0 {
			b.WriteString(escaped(text))
			return
		}
		fmt.Fprintf(&b, `<tspan class="%s">%s</tspan>`, strings.Join(classes, " "), escaped(text))
	}
	at := 0
	for _, m := range escapes.FindAllStringSubmatchIndex(line, -1) {
		write(line[at:m[0]])
		at = m[1]
		for code := range strings.SplitSeq(line[m[2]:m[3]], ";") {
			if class, ok := classOf[code]; ok {
				classes = append(classes, class)
			} else {
				classes = nil
			}
		}
	}
	write(line[at:])
	return b.String()
}

// escaped keeps runs of spaces, which some viewers would fold.
func escaped(text string) string {
	return strings.ReplaceAll(html.EscapeString(text), " ", "\u00a0")
}

var classOf = map[string]string{"1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "35": "m", "36": "c"}
