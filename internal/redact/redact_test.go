package redact

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Each row's secret parts hold "S3C"; nothing of that may survive, and what is
// not a secret must.
func TestString(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"postgres://app:S3Cret@db:5432/app?sslmode=disable", "postgres://app:***@db:5432/app?sslmode=disable"},
		{"postgresql://app:S3C%40x@db/app", "postgresql://app:***@db/app"},
		{"postgres://app:S3C@p@ss/w0rd?#@db/app", "postgres://app:***@db/app"},
		{"postgres://:S3C@db/app", "postgres://:***@db/app"},
		{"postgres://app:my S3C@db/app", "postgres://app:***@db/app"},
		{`postgres://app:my"S3C@db/app`, "postgres://app:***@db/app"},
		{"postgres://app:S3C", "postgres://app:***"},
		{"postgres://app:S3C%zz@[::1]:5432/app", "postgres://app:***@[::1]:5432/app"},
		{"postgres://db:5432/app", "postgres://db:5432/app"},
		{"postgres://db:5432,db2:5433/app", "postgres://db:5432,db2:5433/app"},
		{"postgres://app@db:5432/app", "postgres://app@db:5432/app"},
		{"connecting postgres://db:5432: no route, ask anna@example.com", "connecting postgres://db:***@example.com"},
		{"see https://directus.io/docs:x?a=anna@example.com", "see https://directus.io/docs:x?a=anna@example.com"},
		{"https://anna:S3C@git.example.com/x", "https://anna:***@git.example.com/x"},
		{"a postgres://u:S3C@h b redis://:S3C@r c", "a postgres://u:***@h b redis://:***@r c"},
		{"host=db user=app password=S3C dbname=x", "host=db user=app password=*** dbname=x"},
		{`host=db password='S3C \' S3C' dbname=x`, "host=db password='***' dbname=x"},
		{`host=db password = "S3C S3C" dbname=x`, `host=db password = "***" dbname=x`},
		{"host=db password='S3C S3C", "host=db password='***'"},
		{"sslpassword=S3C&x", "sslpassword=***"},
		{"pwd=S3C token=S3C secret=S3C", "pwd=*** token=*** secret=***"},
		{"DB_PASSWORD=S3C\nDB_USER=app", "DB_PASSWORD=***\nDB_USER=app"},
		{"POSTGRES_PASSWORD: S3C", "POSTGRES_PASSWORD: ***"},
		{`{"password":"S3C","user":"app"}`, `{"password":"***","user":"app"}`},
		{"DB_PASSWORD_FILE=/run/secrets/db", "DB_PASSWORD_FILE=/run/secrets/db"},
		{"DB_CONNECTION_STRING=postgres://u:S3C@h/d", "DB_CONNECTION_STRING=***"},
		{"ADMIN_TOKEN=S3C ok", "ADMIN_TOKEN=*** ok"},
		{"Authorization: Basic S3C=", "Authorization: ***"},
		{"sent Bearer S3Cabc.def", "sent Bearer ***"},
		{`password authentication failed for user "app"`, `password authentication failed for user "app"`},
		{"the secretary said: no", "the secretary said: no"},
		{"", ""},
	}
	for _, tt := range tests {
		got := String(tt.in)
		if got != tt.want {
			t.Errorf("String(%q)\n got %q\nwant %q", tt.in, got, tt.want)
		}
		if strings.Contains(got, "S3C") {
			t.Errorf("String(%q) = %q keeps the secret", tt.in, got)
		}
		if again := String(got); again != got {
			t.Errorf("String is not idempotent on %q: %q, then %q", tt.in, got, again)
		}
	}
}

func TestRedactorHidesEveryForm(t *testing.T) {
	t.Parallel()
	var r Redactor
	secret := `p@ss/w'o"r\d é`
	if !r.Add(secret) {
		t.Fatal("Add refused an ordinary secret")
	}
	u := url.URL{Scheme: "x", User: url.UserPassword("u", secret), Host: "h"}
	for _, s := range []string{
		secret, "login " + secret + " refused", u.String(), url.QueryEscape(secret), url.PathEscape(secret),
		`p@ss/w\'o"r\\d é`, `"p@ss/w'o\"r\\d é"`, fmt.Sprintf("%q", secret),
	} {
		got := r.String(s)
		for _, part := range []string{"ss/w", "ss%2Fw", "o%22r", `o\"r`} {
			if strings.Contains(got, part) {
				t.Errorf("String(%q) = %q, which keeps %q", s, got, part)
			}
		}
	}
	if got := r.String("nothing to hide"); got != "nothing to hide" {
		t.Errorf("String changed a harmless text: %q", got)
	}
}

func TestRedactorLeavesPublicNames(t *testing.T) {
	t.Parallel()
	var r Redactor
	r.Public("trm", "")
	for _, s := range []string{"trm", "abc", "directus", "****", ""} {
		if r.Add(s) {
			t.Errorf("Add(%q) = true, want false", s)
		}
	}
	in := "directus schema of trm: abc"
	if got := r.String(in); got != in {
		t.Errorf("String(%q) = %q", in, got)
	}
	// The shapes still hide it.
	if got := r.String("postgres://trm:directus@db/trm"); got != "postgres://trm:***@db/trm" {
		t.Errorf("got %q", got)
	}
}

func TestErrorKeepsTheChain(t *testing.T) {
	t.Parallel()
	var r Redactor
	r.Add("hunter22")
	err := fmt.Errorf("reading %q: %w", "hunter22", fs.ErrNotExist)
	got := r.Error(err)
	if strings.Contains(got.Error(), "hunter22") || !errors.Is(got, fs.ErrNotExist) {
		t.Errorf("Error = %v", got)
	}
	if Error(nil) != nil || r.Error(nil) != nil {
		t.Error("Error(nil) is not nil")
	}
	if got := Error(errors.New("password=x y")).Error(); got != "password=*** y" {
		t.Errorf("Error = %q", got)
	}
}

func TestRedactorIsSafeForGoroutines(t *testing.T) {
	t.Parallel()
	var r Redactor
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			r.Add(fmt.Sprintf("secret-%d", i))
			r.String("x secret-1 y")
		})
	}
	wg.Wait()
}

func FuzzString(f *testing.F) {
	for _, s := range []string{"postgres://u:p@h", "password='a\\'", "a://:b c@", "token=secret=x", "Bearer abcdefg", "password= password=x", "x://a:b://c:d@e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := String(s)
		if again := String(got); again != got {
			t.Errorf("not idempotent: %q -> %q -> %q", s, got, again)
		}
	})
}

// A registered secret never appears, whatever surrounds it.
func FuzzRedactor(f *testing.F) {
	f.Add("postgres://u:", "hunter22", "@h")
	f.Add("password='", `a\'b c`, "'")
	f.Add("", "abab", "ab")
	f.Add("x***", "b***", "c***b***")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		var r Redactor
		if !r.Add(secret) {
			return
		}
		got := r.String(before + secret + after)
		if strings.Contains(got, secret) && !strings.Contains(Mask, secret) {
			t.Errorf("%q + %q + %q -> %q", before, secret, after, got)
		}
	})
}
