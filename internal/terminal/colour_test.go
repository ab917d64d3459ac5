package terminal

import "testing"

func environment(pairs map[string]string) Getenv {
	return func(name string) string { return pairs[name] }
}

func TestColour(t *testing.T) {
	t.Parallel()
	type env = map[string]string
	for name, c := range map[string]struct {
		mode ColourMode
		env  env
		tty  bool
		want bool
	}{
		"terminal":                      {ColourAuto, env{"TERM": "xterm"}, true, true},
		"terminal without TERM":         {ColourAuto, env{}, true, true},
		"no terminal":                   {ColourAuto, env{"TERM": "xterm"}, false, false},
		"dumb terminal":                 {ColourAuto, env{"TERM": "dumb"}, true, false},
		"always beats everything":       {ColourAlways, env{"NO_COLOR": "1", "TERM": "dumb", "CLICOLOR": "0"}, false, true},
		"never beats everything":        {ColourNever, env{"FORCE_COLOR": "1", "TERM": "xterm"}, true, false},
		"NO_COLOR beats a terminal":     {ColourAuto, env{"NO_COLOR": "1"}, true, false},
		"NO_COLOR=0 is set":             {ColourAuto, env{"NO_COLOR": "0"}, true, false},
		"empty NO_COLOR is not set":     {ColourAuto, env{"NO_COLOR": ""}, true, true},
		"NO_COLOR beats FORCE_COLOR":    {ColourAuto, env{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		"NO_COLOR beats CLICOLOR_FORCE": {ColourAuto, env{"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, true, false},
		"FORCE_COLOR without terminal":  {ColourAuto, env{"FORCE_COLOR": "1"}, false, true},
		"FORCE_COLOR on a dumb one":     {ColourAuto, env{"FORCE_COLOR": "3", "TERM": "dumb"}, true, true},
		"FORCE_COLOR=0 forces nothing":  {ColourAuto, env{"FORCE_COLOR": "0"}, false, false},
		"CLICOLOR_FORCE":                {ColourAuto, env{"CLICOLOR_FORCE": "1"}, false, true},
		"CLICOLOR_FORCE=0":              {ColourAuto, env{"CLICOLOR_FORCE": "0"}, false, false},
		"FORCE_COLOR beats CLICOLOR=0":  {ColourAuto, env{"FORCE_COLOR": "1", "CLICOLOR": "0"}, false, true},
		"CLICOLOR=0":                    {ColourAuto, env{"CLICOLOR": "0"}, true, false},
		"CLICOLOR=1 without terminal":   {ColourAuto, env{"CLICOLOR": "1"}, false, false},
	} {
		if got := Colour(c.mode, environment(c.env), c.tty); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestColourOfEachStream(t *testing.T) {
	t.Parallel()
	s := &Streams{ErrTTY: true, Env: environment(nil)}
	if s.OutColour(ColourAuto) || !s.ErrColour(ColourAuto) {
		t.Errorf("out %v, err %v; only err is a terminal", s.OutColour(ColourAuto), s.ErrColour(ColourAuto))
	}
}

func TestParseColourMode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]ColourMode{"auto": ColourAuto, "always": ColourAlways, "never": ColourNever} {
		if got, err := ParseColourMode(in); err != nil || got != want {
			t.Errorf("ParseColourMode(%q) = %v, %v", in, got, err)
		}
	}
	_, err := ParseColourMode("Always")
	if err == nil || err.Error() != `reading --color: "Always" is none of auto, always, never` {
		t.Errorf("error = %v", err)
	}
}
