package dockercmd

import "github.com/schemaguard/schemaguard/internal/dockercmd/argv"

// composeVerbs are the commands of compose that have an effect: those of Compose 2.40.3 and 5.6.0 from
// their sources (https://github.com/docker/compose/tree/v2.40.3/cmd/compose), hidden flags included, those
// of 1.29.2 from its help, and of podman-compose 1.5. No flag of the one takes a value that is a switch
// of another. All flags may also be given --dry-run, which composeVerb adds.
var composeVerbs = []verb{
	{names: "up", flags: upFlags, kind: MayBoot, effect: Converges, takes: targets},
	{names: "create", flags: "build force-recreate no-build no-recreate pull= quiet-pull remove-orphans scale= yes|y,y", kind: Arms, effect: Replaces, takes: targets},
	{names: "start", flags: "wait wait-timeout=", kind: MayBoot, effect: Starts, takes: targets},
	{names: "restart", flags: "no-deps timeout=,t", kind: MayBoot, effect: Restarts, takes: targets},
	{names: "run", flags: runFlags, stops: true, kind: MayBoot, effect: Creates, takes: targetThenWords},
	{names: "scale", flags: "no-deps timeout=,t", kind: MayBoot, effect: Converges, takes: replicas},
	{names: "watch", flags: "no-up prune quiet", kind: MayBoot, effect: Converges, takes: targets},
	{names: "systemd", flags: "action=,a", kind: Arms},

	{names: "stop", flags: "timeout=,t", kind: Arms, effect: Stops, takes: targets},
	{names: "kill", flags: "all,a remove-orphans signal=,s", kind: Arms, effect: Stops, takes: targets},
	{names: "down", flags: "remove-orphans rmi= timeout=,t volumes|volume,v", kind: Arms, effect: Stops, takes: targets},
	{names: "rm", flags: "all,a force,f stop,s volumes,v", kind: Arms, effect: Stops, takes: targets},
	{names: "wait", flags: "down-project", takes: targets, lax: true},
	{names: "cp", flags: "all archive,a follow-link,L index=", kind: Arms, takes: copies},

	{names: "build", flags: "build-arg= build-arg-file= builder= check compress force-rm memory=,m no-cache no-rm parallel print progress= provenance= pull pull-always push quiet,q sbom= ssh= with-dependencies", kind: Arms, takes: targets, lax: true},
	{names: "pull", flags: "force-local ignore-buildable ignore-pull-failures include-deps no-parallel parallel policy= quiet,q", kind: Arms, takes: targets, lax: true},
	{names: "commit", flags: "author=,a change=,c index= message=,m pause,p", kind: Arms, takes: lastImage, lax: true},
	{names: "exec", flags: "detach,d env=,e index= interactive,i no-tty|no-TTY,T privileged tty,t user=,u workdir=,w", stops: true, takes: targetThenWords, lax: true},
}

const upFlags argv.Table = `abort-on-container-exit abort-on-container-failure always-recreate-deps attach= attach-dependencies build
build-arg= detach,d exit-code-from= force-recreate menu no-attach= no-build no-cache no-color no-deps no-log-prefix no-recreate no-start
pull= pull-always quiet-build quiet-pull remove-orphans renew-anon-volumes,V scale= timeout=,t timestamps wait wait-timeout= watch,w
yes|y,y`

const runFlags argv.Table = `build cap-add= cap-drop= detach,d entrypoint= env=,e env-file= env-from-file= interactive,i
label|labels=,l name= no-deps no-tty|no-TTY,T publish=,p pull= quiet,q quiet-build quiet-pull remove-orphans rm service-ports,P tty,t
use-aliases user=,u volume|volumes=,v workdir=,w`

// projectFlags stand between compose and its verb. Some of version 1 and of podman-compose stand there too.
const projectFlags argv.Table = `all-resources ansi= compatibility dry-run env-file= file=,f insecure-registry= no-ansi no-cleanup no-normalize
parallel= profile= progress= project-directory|workdir= project-name=,p skip-hostname-check verbose version,v
in-pod= pod-args= podman-path= podman-args= podman-build-args= podman-pull-args= podman-push-args= podman-run-args= podman-start-args=
podman-stop-args= podman-rm-args= podman-volume-args=`

// repeatedProject are those that choose the project; the others are about how its output looks.
const repeatedProject = `all-resources compatibility env-file file insecure-registry profile project-directory project-name
skip-hostname-check in-pod no-normalize`

// composeHarmless are verbs without effect on the project's containers, images and volumes.
const composeHarmless = `attach bridge config convert events export generate help images list logs ls pause port ps publish push stats
top unpause version viz volumes completion __complete __completeNoDesc bundle docker-cli-plugin-metadata docker-cli-plugin-hooks`
