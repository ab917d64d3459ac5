package verify

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/schemaguard/schemaguard/internal/amount"
	"github.com/schemaguard/schemaguard/internal/dbinit"
	"github.com/schemaguard/schemaguard/internal/dbinit/overlap"
	"github.com/schemaguard/schemaguard/internal/dbinit/sqlfile"
	"github.com/schemaguard/schemaguard/internal/directus"
	"github.com/schemaguard/schemaguard/internal/finding"
	"github.com/schemaguard/schemaguard/internal/policy"
	"github.com/schemaguard/schemaguard/internal/redact"
	"github.com/schemaguard/schemaguard/internal/snapshot"
	"github.com/schemaguard/schemaguard/internal/terminal"
	"github.com/schemaguard/schemaguard/internal/verify/lint"
)

// lint reads the snapshot, as it would be applied by the version that runs.
func (r *run) lint() outcome {
	r.file = snapshot.Decode(r.Name, r.Data)
	found := lint.File(r.file, r.version())
	refusing := 0
	for _, f := range found {
		if f.Refuses {
			refusing++
		}
	}
	r.invalid = refusing > 0
	skew := r.versions()
	found = append(found, skew...)
	r.findings = append(r.findings, found...)
	switch {
	case r.invalid:
		return outcome{state: Failed, text: amount.Of(refusing, "finding") + " that an apply fails at"}
	case len(skew) > 0 && skew[0].Refuses: // it may apply all the same: that is for the run to say
		return outcome{state: Failed, text: "it was written by another Directus"}
	}
	text := r.file.Snapshot.Describe()
	if n := len(found); n > 0 {
		text += "; " + amount.Of(n, "finding")
	}
	return outcome{state: OK, text: text}
}

// versions holds the header against what the project runs. Directus itself looks at
// neither when it applies a file (F3 is of `schema apply`, not of the API). Another
// minor version refuses: its rows have other columns. Another patch is worth a line.
func (r *run) versions() []finding.Finding {
	header := snapshot.HeaderVersion(r.Data)
	written, err := directus.ParseVersion(header)
	if err != nil {
		return []finding.Finding{{
			Code: finding.UnknownVersion, Severity: finding.Warning, File: r.Name, Line: 1,
			Message: "the header names no version of Directus", Fix: "schemaguard snapshot --stage",
		}}
	}
	releases := directus.HeaderReleases(written)
	if len(releases) == 0 {
		releases = []directus.Version{written}
	}
	r.says = policy.Version{Version: releases[0].String(), Source: "header of " + r.Name}
	for _, c := range r.Versions {
		v, err := directus.ParseVersion(c.Version)
		if err != nil {
			continue
		}
		r.says = policy.Version{Version: v.String(), Source: c.Source}
		exact, minor := false, false
		for _, w := range releases {
			exact = exact || w.Compare(v) == 0
			minor = minor || w.Major == v.Major && w.Minor == v.Minor
		}
		if exact {
			return nil
		}
		f := finding.Finding{
			Code: finding.VersionSkew, Severity: finding.Warning, File: r.Name, Line: 2, Refuses: !minor,
			Message: fmt.Sprintf("%s was written by Directus %s, and %s says %s", r.Name, releases[0], c.Source, v),
			Fix:     "schemaguard snapshot --stage",
		}
		if !minor {
			f.Severity, f.Harm = finding.Danger, "an apply by another version can drop what it does not know, and nothing asks"
		}
		return []finding.Finding{f}
	}
	return nil
}

// lintFiles reads the db-init files, and what they and the snapshot both claim.
func (r *run) lintFiles() outcome {
	if len(r.Set.Folders) == 0 && len(r.Problems) == 0 {
		return outcome{state: OK, text: "there are none"}
	}
	problems := dbinit.Without(r.Problems, r.AllowFiles)
	if r.file.Trusted() {
		problems = append(problems, overlap.Judge(r.Set, overlap.Claims{
			Snapshot: r.file.Snapshot, Excluded: r.Exclude, Schemas: r.SearchPath,
			Pending: func(string) bool { return true }, // to a new database every file is
		})...)
	}
	for _, p := range problems {
		r.findings = append(r.findings, r.problem(p))
	}
	if len(problems) > 0 {
		r.dbinit = true
		return outcome{state: Failed, text: amount.Of(len(problems), "problem")}
	}
	return outcome{state: OK, text: amount.Of(len(r.Set.Files), "file")}
}

// problem makes a problem of db-init a finding.
func (r *run) problem(p sqlfile.Problem) finding.Finding {
	f := finding.Finding{
		Code: finding.Code(p.Code), Severity: finding.Danger, Message: terminal.Clean(redact.String(p.Text)),
		File: r.fromRoot(p.File), Line: p.At.Line, Fix: p.Hint, Refuses: true,
	}
	if p.File != "" {
		f.Item = "file " + p.File
	}
	if f.Fix == "" {
		f.Fix = "schemaguard db-init status"
	}
	return f
}

// fromRoot names a file of the project from the root of the repository.
func (r *run) fromRoot(file string) string {
	if file == "" || path.IsAbs(file) || filepath.IsAbs(file) {
		return file
	}
	return path.Join(r.Folder, file)
}

// shown is an error that is fit to be shown.
func shown(err error) string {
	return terminal.Clean(redact.String(strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; "))) // errors that were joined
}
