package decision

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/bootsource"
	"github.com/schemaguard/schemaguard/internal/dockerguard/consent"
	"github.com/schemaguard/schemaguard/internal/finding"
)

// Refusals are what a consent has to name.
func (d *Decision) Refusals() []finding.Finding {
	var out []finding.Finding
	add := func(list []finding.Finding) {
		for i := range list {
			known := slices.ContainsFunc(out, func(f finding.Finding) bool { return consent.Key(&f) == consent.Key(&list[i]) })
			if list[i].Refuses && !known {
				out = append(out, list[i])
			}
		}
	}
	add(d.Findings)
	for i := range d.Targets {
		if t := &d.Targets[i]; t.Boots != bootsource.No.String() && t.Verdict != Clean {
			add(t.Findings)
		}
	}
	return out
}

// Rows are those that the boots and the volumes would destroy, as far as they were counted.
func (d *Decision) Rows() int64 {
	var n int64
	for i := range d.Targets {
		most := int64(0)
		for _, v := range d.Targets[i].Verdicts {
			sum := int64(0)
			for _, c := range v.Changes {
				for _, l := range c.Loss {
					if l.Data && l.Count > 0 {
						sum += l.Count
					}
				}
			}
			most = max(most, sum)
		}
		n += most
	}
	for _, v := range d.Volumes {
		if v.Database && v.Rows > 0 {
			n += v.Rows
		}
	}
	return n
}
