package hookfile

import (
	"slices"
	"strings"

	"github.com/schemaguard/schemaguard/hooks"
)

// driver is the name of our merge driver and our diff driver in git's configuration.
const driver = "schemaguard"

// attributeLine is the line of .gitattributes for a snapshot file (a path from the top of the working tree).
func attributeLine(snapshot string) string {
	return attributePattern(snapshot) + " merge=" + driver + " diff=" + driver
}

// attributePattern writes a path as gitattributes(5) wants a pattern that matches it alone: with a slash it counts
// from the top, glob characters are escaped, and what has blanks or quotes is quoted as in C.
func attributePattern(path string) string {
	if !strings.Contains(path, "/") {
		path = "/" + path
	}
	escaped := strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
	if strings.HasPrefix(escaped, "#") || strings.HasPrefix(escaped, "!") {
		escaped = `\` + escaped
	}
	if !strings.ContainsAny(escaped, " \t\n\r\"") {
		return escaped
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(escaped) + `"`
}

// addLine adds our line at the end, in the line ends of the file.
func addLine(text, line string) string {
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += end
	}
	return text + line + end
}

// removeLines removes each line that does nothing but name our drivers, whichever file it is for.
func removeLines(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !ourLine(line) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func ourLine(line string) bool {
	rest, ok := strings.CutSuffix(strings.TrimRight(line, " \t\r\n"), " merge="+driver+" diff="+driver)
	return ok && rest != "" && !strings.HasPrefix(rest, "#") && (strings.HasPrefix(rest, `"`) || !strings.ContainsAny(rest, " \t"))
}

// placeholders are what git hands to a merge driver (gitattributes(5)); the last three are names since git 2.44, and
// passed on as they stand by an older one.
const placeholders = "%O %A %B %P %L %S %X %Y"

// drivers is what git's configuration says for the attribute line to mean something. The scripts are found through
// git each time, so that a repository that is moved, and all its working trees, find them.
func drivers() [][2]string {
	script := func(name string) string {
		return `sh "$(git rev-parse --git-common-dir)/schemaguard/hooks/` + name + `"`
	}
	return [][2]string{
		{"merge.schemaguard.name", "schemaguard: Directus snapshots, merged item by item"},
		{"merge.schemaguard.driver", script(hooks.Merge) + " " + placeholders},
		{"diff.schemaguard.textconv", script(hooks.Textconv)},
	}
}

// sections are the parts of git's configuration that the given keys lie in, sorted.
func sections(settings map[string]string) []string {
	var all []string
	for key := range settings {
		section := key[:strings.LastIndexByte(key, '.')]
		if !slices.Contains(all, section) {
			all = append(all, section)
		}
	}
	slices.Sort(all)
	return all
}
