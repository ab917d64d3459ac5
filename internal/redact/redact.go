// Package redact takes secrets out of text before it is shown, logged or stored.
//
// It knows two things: the shapes in which secrets travel (the userinfo of a
// URL, password= in a connection string, DB_PASSWORD= in an environment, an
// Authorization header), and the exact values that a Redactor was told. Where a
// shape is ambiguous, for example a password that holds an unescaped "@" or "/",
// it hides too much rather than too little. It refuses to be a parser: it never
// says whether a connection string is valid.
//
//	redact.String("postgres://app:s3cret@db/app") // postgres://app:***@db/app
package redact

import (
	"regexp"
	"strings"
)

// Mask is what stands in the place of every secret.
const Mask = "***"

// maxRounds bounds the loop that makes String idempotent: hiding one secret can
// move the end of the next match, and in practice two rounds settle it.
const maxRounds = 8

// window is how far after "scheme://" the end of the userinfo is looked for. It
// keeps the time linear on a megabyte of "a://:b a://:b".
const window = 4096

var (
	// schemeStart finds where a URL's authority begins.
	schemeStart = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://`)

	// secretKey matches NAME=value, NAME: value and "NAME": "value" where the
	// name says that the value is a secret. libpq allows blanks around "=".
	secretKey = regexp.MustCompile(`(?i)([A-Za-z0-9_.-]*(?:passwords?|passwd|pwd|passphrase|secrets?|tokens?|api_?key|private_?key|access_?key|credentials?|connection_?string)(?:_[A-Za-z0-9_]+|\b)["']?[ \t]*[=:][ \t]*)(` + secretValue + `)`)

	// authHeader matches the credentials of an HTTP Authorization header.
	authHeader = regexp.MustCompile(`(?i)(authorization["']?[ \t]*[:=][ \t]*["']?)[^\r\n"']+`)

	// bearer matches a bearer token outside of a header.
	bearer = regexp.MustCompile(`(?i)\b(bearer[ \t]+)[A-Za-z0-9._~+/=-]{6,}`)

	// port tells "host:5432" from "user:password": a port is only digits.
	port = regexp.MustCompile(`^[0-9]{1,5}(?:[/?#,\s"'` + "`" + `)\]]|$)`)
)

// secretValue is a value as connection strings, env files, JSON and YAML write
// it: quoted with ' or " (a backslash escapes, an unclosed quote runs to the end
// of the line), or bare up to the next white space.
const secretValue = `'(?:[^'\\\r\n]|\\.|'')*(?:'|$)|"(?:[^"\\\r\n]|\\.)*(?:"|$)|[^\s]+`

// String returns s with everything that looks like a secret replaced by Mask.
// It is idempotent and never longer than a few masks more than s.
func String(s string) string {
	for range maxRounds {
		next := once(s)
		if next == s {
			return s
		}
		s = next
	}
	return s
}

func once(s string) string {
	s = urls(s)
	s = authHeader.ReplaceAllString(s, "${1}"+Mask)
	s = bearer.ReplaceAllString(s, "${1}"+Mask)
	return secretKey.ReplaceAllStringFunc(s, maskValue)
}

// maskValue hides the value of one match of secretKey.
func maskValue(match string) string {
	m := secretKey.FindStringSubmatch(match)
	if m == nil {
		return Mask
	}
	// The path of a secret's file is not the secret, and naming it is what helps.
	name := strings.ToLower(strings.TrimRight(m[1], "\"' \t=:"))
	if strings.HasSuffix(name, "_file") {
		return match
	}
	// The quotes stay: JSON stays JSON, and a second look finds the same end.
	if q := m[2][:1]; q == "'" || q == `"` {
		return m[1] + q + Mask + q
	}
	return m[1] + Mask
}

// urls hides the password of every URL in s.
func urls(s string) string {
	var b strings.Builder
	for {
		loc := schemeStart.FindStringIndex(s)
		if loc == nil {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:loc[1]])
		scheme := strings.ToLower(s[loc[0] : loc[1]-3])
		rest := s[loc[1]:]
		masked, used := userinfo(scheme, rest)
		b.WriteString(masked)
		s = rest[used:]
	}
}

// userinfo looks at the text after "scheme://" and returns its beginning with
// the password hidden, and how many bytes of rest that beginning stands for.
func userinfo(scheme, rest string) (masked string, used int) {
	if len(rest) > window {
		rest = rest[:window]
	}
	token := rest
	if i := strings.IndexAny(rest, " \t\r\n\"'`<>"); i >= 0 {
		token = rest[:i]
	}
	if scheme == "http" || scheme == "https" {
		// A web address often holds an e-mail address in its path, and is not
		// written by hand with a raw password: only its authority counts.
		if i := strings.IndexAny(token, "/?#"); i >= 0 {
			token = token[:i]
		}
	}
	colon := strings.IndexByte(token, ':')
	if colon < 0 || port.MatchString(rest[colon+1:]) && !strings.Contains(token, "@") {
		return "", 0
	}
	// The last "@" ends the userinfo: a password may hold one that nobody escaped.
	if at := strings.LastIndexByte(token, '@'); at > colon {
		return token[:colon] + ":" + Mask, at
	} else if at >= 0 {
		return "", 0 // user@host:port has no password
	}
	if scheme == "http" || scheme == "https" || colon == 0 {
		return "", 0
	}
	// No "@" in the token although a password began: it holds a blank or a quote.
	line := rest
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		line = rest[:i]
	}
	if at := strings.LastIndexByte(line, '@'); at > colon {
		return line[:colon] + ":" + Mask, at
	}
	return token[:colon] + ":" + Mask, len(token)
}
