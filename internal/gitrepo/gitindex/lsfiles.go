package gitindex

import (
	"errors"
	"strconv"
	"strings"
)

// errAnswer says that git printed something else than it did until now.
var errAnswer = errors.New("unexpected answer of git ls-files")

// ParseStage reads what `git ls-files --stage -z` says of path: "100644 ID 0\tPATH\0".
func ParseStage(out, path string) (Result, error) {
	var res Result
	for rec := range strings.SplitSeq(out, "\x00") {
		meta, name, ok := strings.Cut(rec, "\t")
		if rec == "" {
			continue
		}
		f := strings.Fields(meta)
		if !ok || len(f) != 3 || !isID(f[1]) {
			return res, errAnswer
		}
		mode, err := strconv.ParseUint(f[0], 8, 32)
		stage, err2 := strconv.Atoi(f[2])
		if err != nil || err2 != nil {
			return res, errAnswer
		}
		switch {
		case name == path:
			res.Entries = append(res.Entries, Entry{Mode: uint32(mode), ID: f[1], Stage: stage})
		case mode == ModeSubmodule && strings.HasPrefix(path, name+"/"):
			res.Submodule = name
		}
	}
	return res, nil
}

// isID tells an object id, of SHA-1 or SHA-256.
func isID(s string) bool {
	return (len(s) == 40 || len(s) == 64) && strings.Trim(s, "0123456789abcdef") == ""
}

// IntentFlag reads the flags that `git ls-files --debug` prints in hex; bit 29 is CE_INTENT_TO_ADD (cache.h).
func IntentFlag(out string) (bool, error) {
	_, rest, ok := strings.Cut(out, "flags: ")
	word, _, _ := strings.Cut(rest, "\n")
	flags, err := strconv.ParseUint(strings.TrimSpace(word), 16, 32)
	if !ok || err != nil {
		return false, errAnswer
	}
	return flags&(1<<29) != 0, nil
}
