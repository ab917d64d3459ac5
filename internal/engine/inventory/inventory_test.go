package inventory

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const inspected = `[{"Id":"abc","Name":"/sg-directus-1","Image":"sha256:1","State":{"Status":"running"},
"Config":{"Hostname":"h","Image":"sg-directus","Env":["DB_HOST=db"],"Entrypoint":["/a"],"Cmd":null,"Labels":{
"com.docker.compose.project":"sg","com.docker.compose.service":"directus","com.docker.compose.oneoff":"False",
"com.docker.compose.depends_on":"db:service_healthy:true,cache:service_started:false"}},
"HostConfig":{"NetworkMode":"sg_default","ExtraHosts":["x:host-gateway"],"RestartPolicy":{"Name":"always"}},
"Mounts":[{"Type":"volume","Name":"v","Destination":"/v"},{"Type":"bind","Source":"/h","Destination":"/v/in"}],
"NetworkSettings":{"Ports":{"5432/tcp":[{"HostIp":"0.0.0.0","HostPort":"55432"}],"9/udp":null,"80/tcp":null},
"Networks":{"sg_default":{"IPAddress":"172.18.0.2","Aliases":["directus"]}}}}]`

func TestReadContainers(t *testing.T) {
	t.Parallel()
	got, err := ReadContainers([]byte(inspected))
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	c := got[0]
	if c.Project() != "sg" || c.Service() != "directus" || c.OneOff() || !c.Running() || c.Name != "sg-directus-1" {
		t.Errorf("%+v", c)
	}
	if diff := cmp.Diff([]Dependency{{"db", true}, {"cache", false}}, c.Dependencies()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Port{{"", 0, 80}, {"0.0.0.0", 55432, 5432}}, c.Published); diff != "" {
		t.Error(diff)
	}
	for file, want := range map[string]string{"/v/x": "/v", "/v/in/x": "/v/in", "/v/inner": "/v", "/vx": "", "/": ""} {
		if m, _ := Covering(c.Mounts, file); m.Target != want {
			t.Errorf("%s is covered by %q, want %q", file, m.Target, want)
		}
	}
	if _, err := ReadContainers([]byte("junk")); err == nil {
		t.Error("junk is no answer")
	}
}

func TestReadProject(t *testing.T) {
	t.Parallel()
	p, err := ReadProject([]byte(`{"name":"sg","services":{"directus":{"build":{"context":"/c"},"environment":{"A":"x$$y","B":null},
"depends_on":{"db":{"restart":true}},"extra_hosts":["h=1.2.3.4"],"volumes":[{"type":"volume","source":"data","target":"/d"}],
"networks":{"default":{"aliases":["cms"]},"out":null},"deploy":{"replicas":2}},"db":{"image":"pg","pull_policy":"always"}},
"networks":{"out":{"name":"shared","external":true}},"volumes":{"data":{"name":"sg_data"},"ext":{"name":"ext","external":true}}}`), "-")
	if err != nil {
		t.Fatal(err)
	}
	want := Service{
		Name: "directus", Image: "sg-directus", Build: true, Context: "/c", Env: []string{"A=x$y"}, Labels: map[string]string{},
		DependsOn: []Dependency{{"db", true}}, Hosts: []string{"h:1.2.3.4"}, Mounts: []Mount{{Type: "volume", Name: "sg_data", Target: "/d"}},
		Aliases: []string{"cms"}, Networks: []string{"sg_default", "shared"}, Scale: 2,
	}
	if diff := cmp.Diff(want, p.Services["directus"]); diff != "" {
		t.Error(diff)
	}
	if !p.Volumes["ext"].External || p.Volumes["data"].External || p.Services["db"].PullPolicy != "always" {
		t.Errorf("%+v", p)
	}
}

func TestReadProjectYAML(t *testing.T) {
	t.Parallel()
	p, err := ReadProjectYAML([]byte("services:\n  d:\n    build: {context: /c}\n    depends_on: [db]\n    environment: {A: 1, B: null}\n    volumes: [data:/d:rw, /h:/x/y, /anon]\nvolumes: {data: {}}\n"), "sg", "_")
	if err != nil {
		t.Fatal(err)
	}
	s := p.Services["d"]
	want := []Mount{{Type: "volume", Name: "sg_data", Target: "/d"}, {Type: "bind", Source: "/h", Target: "/x/y"}, {Type: "volume", Target: "/anon"}}
	if diff := cmp.Diff(want, s.Mounts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"A=1"}, s.Env); diff != "" || len(s.DependsOn) != 1 || !s.Build || s.Image != "sg_d" {
		t.Errorf("%+v %s", s, diff)
	}
}

// The lines are those of 2.40.3 and of 5.6.0.
func TestReadDryRun(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		" DRY-RUN MODE -  Container sg-db-1  Running \n DRY-RUN MODE -  Container sg-directus-1  Recreate \n DRY-RUN MODE -  Container 0123456789ab_sg-directus-1  Starting \nend of 'compose up' output\n",
		" Container sg-db-1 Running \n\x1b[1m Container sg-directus-1 Recreate\x1b[0m\n Container sg-directus-1 Started \n",
	} {
		want := Actions{"sg-db-1": {Running: true}, "sg-directus-1": {Recreated: true, Started: true}}
		if diff := cmp.Diff(want, ReadDryRun([]byte(text))); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzReadDryRun(f *testing.F) {
	f.Add([]byte(" DRY-RUN MODE -  Container a  Recreate\n\x1b["))
	f.Fuzz(func(_ *testing.T, data []byte) { ReadDryRun(data) })
}

func FuzzReadContainers(f *testing.F) {
	f.Add([]byte(inspected))
	f.Add([]byte(`[{"Config":{"Entrypoint":"x"}}]`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if all, err := ReadContainers(data); err == nil {
			for i := range all {
				all[i].Dependencies()
			}
		}
	})
}

func FuzzReadProjectYAML(f *testing.F) {
	f.Add([]byte("services: {d: {volumes: [a:b]}}"))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = ReadProjectYAML(data, "sg", "_") })
}

func TestReadServices(t *testing.T) {
	t.Parallel()
	got, err := ReadServices([]byte(`[{"ID":"x","Spec":{"Name":"shop_directus","TaskTemplate":{"ContainerSpec":{"Image":"directus/directus:12.4.1@sha256:aa",
		"Env":["DB_CLIENT=pg"],"Args":["start"],"Labels":{"a":"b"},"Mounts":[{"Type":"volume","Source":"data","Target":"/data"},{"Type":"bind","Source":"/s","Target":"/directus/snapshots"}]}}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := []SwarmService{{
		Name: "shop_directus", Image: "directus/directus:12.4.1@sha256:aa", Env: []string{"DB_CLIENT=pg"}, Words: []string{"start"}, Labels: map[string]string{"a": "b"},
		Mounts: []Mount{{Type: "volume", Name: "data", Target: "/data"}, {Type: "bind", Source: "/s", Target: "/directus/snapshots"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := ReadServices([]byte("no such service")); err == nil {
		t.Error("words are services")
	}
}
