package manager

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// The marks around what is added to a file of the team. The first carries a digest of the lines between, so that lines
// which somebody changed, or put there, are never taken out.
const (
	begin = "# schemaguard: begin "
	end   = "# schemaguard: end"
)

func digest(lines []string) string {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(strings.TrimSpace(line) + "\n")
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:4])
}

// block puts the marks around lines, all of it indented.
func block(lines []string, by string) []string {
	all := append([]string{begin + digest(lines)}, lines...)
	all = append(all, end)
	for i, line := range all {
		all[i] = by + line
	}
	return all
}

// insertLines puts lines in front of the line with the given index, in the line ends of the text.
func insertLines(text string, at int, lines []string) string {
	eol := "\n"
	if strings.Contains(text, "\r\n") {
		eol = "\r\n"
	}
	have := strings.SplitAfter(text, "\n")
	if have[len(have)-1] == "" {
		have = have[:len(have)-1]
	}
	if at >= len(have) {
		at = len(have)
		if at > 0 && !strings.HasSuffix(have[at-1], "\n") {
			have[at-1] += eol
		}
	}
	var b strings.Builder
	b.WriteString(strings.Join(have[:at], ""))
	for _, line := range lines {
		b.WriteString(line + eol)
	}
	b.WriteString(strings.Join(have[at:], ""))
	return b.String()
}

// removeBlocks takes out what [block] made of lines that are still the same. left tells whether one was changed and
// stays.
func removeBlocks(text string) (rest string, left bool) {
	have := strings.SplitAfter(text, "\n")
	var kept strings.Builder
	for i := 0; i < len(have); i++ {
		said, ok := strings.CutPrefix(strings.TrimSpace(have[i]), begin)
		if !ok {
			kept.WriteString(have[i])
			continue
		}
		last := i + 1
		for last < len(have) && strings.TrimSpace(have[last]) != end {
			last++
		}
		if last == len(have) || digest(have[i+1:last]) != said {
			left = true
			kept.WriteString(have[i])
			continue
		}
		i = last
	}
	return kept.String(), left
}
