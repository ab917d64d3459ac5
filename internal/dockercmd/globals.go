package dockercmd

import (
	"slices"

	"github.com/schemaguard/schemaguard/internal/dockercmd/argv"
)

// dockerGlobals stand before docker's verb.
const dockerGlobals argv.Table = `config= context=,c debug,D host=,H log-level=,l tls tlscacert= tlscert= tlskey= tlsverify version,v`

// podmanGlobals are podman's, from the source of 5.4 (cmd/podman/root.go) and the help of 4.3.
const podmanGlobals argv.Table = `cgroup-manager= config= connection=,c conmon= context= cpu-profile= db-backend= default-mounts-file=
events-backend= exit-command= hooks-dir= host|url=,H identity= imagestore= log-level= max-workers= memory-profile= module=
namespace= network-backend= network-cmd-path= network-config-dir= noout out= pull-option= registries-conf= remote,r root= runroot=
runtime= runtime-flag= ssh= storage-driver= storage-opt= syslog tls-ca= tls-cert= tls-key= tmpdir= trace transient-store version,v
volumepath=`

// standaloneGlobals are the flags of docker's that docker-compose takes among its own: version 2 from
// cmd/compatibility/convert.go, version 1 from its help.
const standaloneGlobals argv.Table = projectFlags + " " + dockerGlobals

// notRepeated are global flags that choose no daemon: a log level would only mix lines into the answer
// to an own query.
const notRepeated = `debug log-level version help verbose noout out syslog trace cpu-profile memory-profile`

// convertFlags are those of which version 2 of docker-compose takes the next word as the value.
const convertFlags argv.Table = "context= host=,H log-level= tlscacert= tlscert= tlskey="

// Daemon is how the command line and the environment choose the daemon. Where all is empty, docker's
// configuration file names the context.
type Daemon struct {
	Host    string
	Context string // of docker, or connection of podman
	By      string // the flag or variable that decided
}

// daemon follows docker's order, in which a flag wins over a variable and DOCKER_HOST over DOCKER_CONTEXT.
// https://github.com/docker/cli/blob/v28.5.1/cli/command/cli.go (resolveContextName)
func daemon(given Flags, env func(string) string, podman bool) Daemon {
	context, hostVariable, contextVariable := "context", "DOCKER_HOST", "DOCKER_CONTEXT"
	if podman {
		context, hostVariable, contextVariable = "connection", "CONTAINER_HOST", "CONTAINER_CONNECTION"
	}
	if v, ok := given.Value(context); ok {
		return Daemon{Context: v, By: "--" + context}
	}
	if v, ok := given.Value("host"); ok {
		return Daemon{Host: v, By: "--host"}
	}
	if v := env(hostVariable); v != "" {
		return Daemon{Host: v, By: hostVariable}
	}
	if v := env(contextVariable); v != "" {
		return Daemon{Context: v, By: contextVariable}
	}
	return Daemon{}
}

// choosesDaemon picks the flags of a table that are to be repeated.
func choosesDaemon(table argv.Table) func(argv.Flag) bool {
	return func(f argv.Flag) bool {
		_, global := table.Entries()["--"+f.Name]
		return global && !listed(notRepeated, f.Name)
	}
}

// words returns the words of the flags that choose to be kept, in order. A bundle of short flags is kept
// whole if one of them is.
func words(args []string, flags Flags, keep func(argv.Flag) bool) []string {
	marked := make([]bool, len(args))
	for _, f := range flags {
		if keep(f) {
			for i := f.At; i < f.At+f.Words && i < len(args); i++ {
				marked[i] = true
			}
		}
	}
	var kept []string
	for i, w := range args {
		if marked[i] {
			kept = append(kept, w)
		}
	}
	return slices.Clip(kept)
}
