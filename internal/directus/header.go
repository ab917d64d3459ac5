package directus

// apiVersions are the releases whose snapshot header does not hold their own version but that of their @directus/api package:
// those before 10.8.3 (@directus/api 15.0.0, dist/utils/get-snapshot.js) in which the two differ.
func apiVersions() map[Version]Version {
	return map[Version]Version{
		{10, 2, 1, ""}: {11, 0, 1, ""}, {10, 3, 0, ""}: {11, 1, 0, ""}, {10, 5, 2, ""}: {12, 1, 2, ""}, {10, 6, 3, ""}: {13, 1, 1, ""},
		{10, 7, 1, ""}: {14, 0, 1, ""}, {10, 7, 2, ""}: {14, 0, 2, ""}, {10, 8, 2, ""}: {14, 1, 2, ""},
	}
}

// HeaderVersion returns what Directus v writes as "directus" into the header of a snapshot. That is v, except for releases from
// 10.2.0 to 10.8.2, which write the version of a package of theirs: 12.1.2 for 10.5.2. It is false for a release of that range
// that is not known.
func HeaderVersion(v Version) (Version, bool) {
	if h, ok := apiVersions()[v]; ok {
		return h, true
	}
	if v.compareRelease(Version{Major: 10, Minor: 2}) >= 0 && v.compareRelease(Version{Major: 10, Minor: 8, Patch: 3}) < 0 {
		return Version{}, false
	}
	return v, true
}

// HeaderReleases returns the releases that write h into the header of a snapshot, the likeliest first: h itself, unless it is of
// those that write something else, and a release of 10.2 to 10.8 that does. A header of 11.1.0 is that of 11.1.0 or of 10.3.0.
func HeaderReleases(h Version) []Version {
	var out []Version
	if own, ok := HeaderVersion(h); ok && own == h {
		out = append(out, h)
	}
	for release, header := range apiVersions() {
		if header == h {
			out = append(out, release)
		}
	}
	return out
}
