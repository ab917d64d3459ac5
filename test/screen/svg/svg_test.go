package svg

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDraw(t *testing.T) {
	t.Parallel()
	got := string(Draw([]string{"\x1b[1;33m▲ <a>\x1b[0m b", "\x1b[7m  x\x1b[27m \x1b[38;5;130my\x1b[2m", "faint\x1b[22m not \x1b[?25l注文 \x1b[48;2;1;2;3m!"}, 20, `it's "so"`))
	for _, want := range []string{
		`viewBox="0 0 204 109"`, `aria-label="it&#39;s &#34;so&#34;"`,
		`<text x="18.0" y="48" textLength="42.0" lengthAdjust="spacingAndGlyphs" xml:space="preserve" class="b" style="fill:#e3b341">▲` + "\u00a0" + `&lt;a&gt;</text>`,
		`<text x="68.4" y="48" textLength="8.4" lengthAdjust="spacingAndGlyphs" xml:space="preserve">b</text>`,
		`<rect x="18.0" y="53" width="25.2" height="19" fill="#d7dae0"/>`, `style="fill:#15181d">x</text>`, `style="fill:#af5f00">y</text>`,
		`style="fill:#af5f00">faint</text>`, `>注文</text>`, `fill="#010203"/>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
}

// FuzzDraw sees that every picture is XML, whatever a terminal showed.
func FuzzDraw(f *testing.F) {
	for _, s := range []string{"", "a\nb", "\x1b[1;38;5;m<&>\"", "\x1b[38;2;999;-1m\x1b[;;0m", "注文\x1b[7m \x1b]0;x\x07"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := xml.NewDecoder(strings.NewReader(string(Draw(strings.Split(s, "\n"), 10, s))))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		}
	})
}
