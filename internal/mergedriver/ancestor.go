package mergedriver

import "bytes"

// bothSides returns a text that holds conflicts with each of them settled for
// the first side, and with each settled for the second; false where the marks do
// not match. What stands between two marks for the base is in neither.
func bothSides(data []byte) (first, second []byte, ok bool) {
	const outside, inFirst, inBase, inSecond = 0, 1, 2, 3
	state, size := outside, 0
	for line := range bytes.Lines(data) {
		c, n := markOf(line)
		switch {
		case state == outside && c == '<':
			state, size, ok = inFirst, n, true
		case state == inFirst && c == '|' && n == size:
			state = inBase
		case (state == inFirst || state == inBase) && c == '=' && n == size:
			state = inSecond
		case state == inSecond && c == '>' && n == size:
			state = outside
		case state == outside:
			first, second = append(first, line...), append(second, line...)
		case state == inFirst:
			first = append(first, line...)
		case state == inSecond:
			second = append(second, line...)
		}
	}
	return first, second, ok && state == outside
}

// markOf returns the character of a conflict mark and how often it stands there;
// 0 for a line that is none.
func markOf(line []byte) (c byte, n int) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || bytes.IndexByte([]byte("<|=>"), line[0]) < 0 {
		return 0, 0
	}
	n = len(line) - len(bytes.TrimLeft(line, string(line[:1])))
	if n < 7 || n < len(line) && line[n] != ' ' {
		return 0, 0
	}
	return line[0], n
}
