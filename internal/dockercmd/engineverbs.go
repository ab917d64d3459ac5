package dockercmd

import "github.com/schemaguard/schemaguard/internal/dockercmd/argv"

// createFlags are those of run and create, of docker and of podman: none of the one means something else
// to the other. --help is among them because docker defines it on these two anew, so that
// `docker --help run x` runs x.
const createFlags argv.Table = `add-host= annotation= arch|override-arch= attach=,a authfile= blkio-weight-device= blkio-weight= cap-add=
cap-drop= cert-dir= cgroup-conf= cgroup-parent= cgroupns= cgroups= chrootdirs= cidfile= conmon-pidfile= cpu-count= cpu-percent=
cpu-period= cpu-quota= cpu-rt-period= cpu-rt-runtime= cpu-shares=,c cpus= cpuset-cpus= cpuset-mems= creds= decryption-key= detach,d
detach-keys= device-cgroup-rule= device-read-bps= device-read-iops= device-write-bps= device-write-iops= device= disable-content-trust
dns-option|dns-opt= dns-search= dns= domainname= entrypoint= env-file= env-host env-merge= env=,e expose= gidmap= gpus= group-add=
health-cmd|healthcheck-command= health-interval|healthcheck-interval= health-log-destination= health-max-log-count=
health-max-log-size= health-on-failure= health-retries|healthcheck-retries= health-start-interval=
health-start-period|healthcheck-start-period= health-startup-cmd= health-startup-interval= health-startup-retries=
health-startup-success= health-startup-timeout= health-timeout|healthcheck-timeout= help hostname=,h hostuser= http-proxy image-volume=
init init-ctr= init-path= interactive,i io-maxbandwidth= io-maxiops= ip6= ip= ipc= isolation= kernel-memory= label-file= label=,l
link-local-ip= link= log-driver= log-opt= mac-address= memory-reservation= memory-swap= memory-swappiness= memory=,m mount= name=
network-alias|net-alias= network|net= no-healthcheck no-hosts oom-kill-disable oom-score-adj= os|override-os= passwd passwd-entry=
personality= pid= pidfile= pids-limit= platform= pod-id-file= pod= preserve-fd= preserve-fds= privileged publish-all,P publish=,p pull=
quiet,q rdt-class= read-only read-only-tmpfs replace requires= restart= retry-delay= retry= rm rmi rootfs runtime= sdnotify=
seccomp-policy= secret= security-opt= shm-size-systemd= shm-size= sig-proxy stop-signal= stop-timeout= storage-opt= subgidname=
subuidname= sysctl= systemd= timeout= tls-verify tmpfs= tty,t tz= uidmap= ulimit= umask= unsetenv-all unsetenv= use-api-socket user=,u
userns= uts= variant|override-variant= volume-driver= volume=,v volumes-from= workdir=,w`

// buildFlags are those of docker build with and without BuildKit, and of podman build.
const buildFlags argv.Table = `add-host= all-platforms allow= annotation= arch= attest= authfile= build-arg= build-context= builder=
cache-from= cache-to= cache-ttl= call= cap-add= cap-drop= cert-dir= cgroup-parent= cgroupns= check compress cpp-flag= cpu-period=
cpu-quota= cpu-shares=,c cpuset-cpus= cpuset-mems= creds= debug decryption-key= device= disable-compression,D disable-content-trust
dns-option= dns-search= dns= env= file=,f force-rm format= from= hooks-dir= http-proxy identity-label ignorefile= iidfile= ipc=
isolation= jobs= label= layers load logfile= logsplit manifest= memory-swap= memory=,m metadata-file= network= no-cache no-cache-filter=
no-hosts omit-history os-feature= os-version= os= output=,o pid= platform= print= progress= provenance= pull push quiet,q retry-delay=
retry= rm runtime-flag= sbom= secret= security-opt= shm-size= sign-by= skip-unused-stages squash squash-all ssh= stdin tag=,t target=
timestamp= tls-verify ulimit= unsetenv= userns-gid-map-group= userns-gid-map= userns-uid-map-user= userns-uid-map= userns= uts=
variant= volume=,v`

const execFlags argv.Table = `detach,d detach-keys= env-file= env=,e interactive,i latest,l preserve-fds= privileged tty,t user=,u workdir=,w`

// engineVerbs are docker's commands on containers, images and volumes that have an effect, from the help
// of docker 28.2. Podman has them too.
var engineVerbs = []verb{
	{names: "container run|run", flags: createFlags, stops: true, kind: MayBoot, effect: Creates, takes: imageThenWords},
	{names: "container create|create", flags: createFlags, stops: true, kind: Arms, takes: imageThenWords},
	{names: "container start|start", flags: "attach,a checkpoint= checkpoint-dir= detach-keys= interactive,i", kind: MayBoot, effect: Starts, takes: targets, object: Containers},
	{names: "container restart|restart", flags: "signal=,s timeout|time=,t", kind: MayBoot, effect: Restarts, takes: targets, object: Containers},
	{names: "container stop|stop", flags: "signal=,s timeout|time=,t", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container kill|kill", flags: "signal=,s", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container rm|container remove|rm|remove", flags: "force,f link,l volumes,v", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container prune", flags: "filter= force,f", kind: Arms, effect: Stops, object: Containers},
	{names: "container update|update", flags: createFlags, kind: Arms, takes: targets, object: Containers},
	{names: "container rename|rename", kind: Arms, takes: firstOnly, object: Containers},
	{names: "container cp|cp", flags: "archive,a follow-link,L quiet,q overwrite pause", kind: Arms, takes: copies, object: Containers},
	{names: "container commit|commit", flags: "author=,a change=,c config= format=,f iidfile= include-volumes message=,m no-pause pause,p quiet,q squash,s", stops: true, kind: Arms, takes: lastImage, lax: true},
	{names: "container exec|exec", flags: execFlags, stops: true, takes: targetThenWords, object: Containers, lax: true},
	{names: "checkpoint create", flags: "checkpoint-dir= leave-running", kind: Arms, effect: Stops, takes: firstOnly, object: Containers},
	{names: "network disconnect", flags: "force,f", kind: Arms, takes: secondOnly, object: Containers},

	{names: "image build|build|builder build|buildx build|buildx b|buildx debug|buildx dap", flags: buildFlags, kind: Arms, lax: true},
	{names: "buildx bake|bake|buildx f", flags: "allow= builder= call= check debug,D file=,f list= load metadata-file= no-cache print progress= provenance= pull push sbom= set= variable=", kind: Arms, takes: images, lax: true},
	{names: "image pull|pull", flags: "all-tags,a arch= authfile= cert-dir= creds= decryption-key= disable-content-trust os= platform= policy= quiet,q retry-delay= retry= tls-verify variant=", kind: Arms, takes: images, lax: true},
	{names: "image load|load", flags: "input=,i platform= quiet,q signature-policy=", kind: Arms, lax: true},
	{names: "image import|import", flags: "arch= change=,c message=,m os= platform= quiet,q variant= signature-policy=", kind: Arms, takes: lastImage, lax: true},
	{names: "image tag|tag", stops: true, kind: Arms, takes: lastImage, lax: true},
	{names: "image rm|image remove|image rmi|rmi", flags: "all,a force,f ignore,i no-prune platform=", kind: Arms, takes: images, lax: true},
	{names: "image prune", flags: "all,a build-cache external filter= force,f", kind: Arms, lax: true},

	{names: "volume rm|volume remove", flags: "force,f all,a time=,t", kind: LosesVolumes, takes: volumes},
	{names: "volume prune", flags: "all,a filter= force,f", kind: LosesVolumes},
	{names: "system prune", flags: "all,a build external filter= force,f volumes", kind: Arms, effect: Stops, object: Containers},

	// Docker Desktop's engine starts containers by their restart policies, as every engine does.
	{names: "desktop start|desktop restart|desktop update|desktop engine", flags: "detach,d timeout= check-only,k quiet,q", kind: MayBoot, effect: Starts, object: Containers},
	{names: "desktop stop", flags: "detach,d force timeout=", kind: Arms, effect: Stops, object: Containers},
}

// swarmVerbs are docker's commands on a swarm that have an effect. The orchestrator may put a new task,
// which is a new container, wherever one of them changes what it wants or where.
var swarmVerbs = []verb{
	{names: "service create", flags: serviceCreateFlags, stops: true, kind: MayBoot, effect: Creates, takes: imageThenWords},
	{names: "service update", flags: serviceUpdateFlags, kind: MayBoot, effect: Recreates, takes: targets, object: SwarmServices},
	{names: "service rollback", flags: "detach,d quiet,q", kind: MayBoot, effect: Recreates, takes: targets, object: SwarmServices},
	{names: "service scale", flags: "detach,d", kind: MayBoot, effect: Creates, takes: replicas, object: SwarmServices},
	{names: "service rm|service remove", kind: Arms, effect: Stops, takes: targets, object: SwarmServices},
	{names: "stack deploy|stack up", flags: "bundle-file= compose-file=,c detach,d kubeconfig= namespace= orchestrator= prune quiet,q resolve-image= with-registry-auth", kind: MayBoot, effect: Converges, takes: targets, object: Stacks},
	{names: "stack rm|stack remove|stack down", flags: "detach,d kubeconfig= namespace= orchestrator=", kind: Arms, effect: Stops, takes: targets, object: Stacks},
	{names: "node update", flags: "availability= label-add= label-rm= role=", kind: MayBoot, effect: Recreates, takes: targets, object: Nodes},
	{names: "node rm|node remove", flags: "force,f", kind: MayBoot, effect: Recreates, takes: targets, object: Nodes},
	{names: "swarm init", flags: "advertise-addr= autolock availability= cert-expiry= data-path-addr= data-path-port= default-addr-pool-mask-length= default-addr-pool= dispatcher-heartbeat= external-ca= force-new-cluster listen-addr= max-snapshots= snapshot-interval= task-history-limit=", object: SwarmServices},
	{names: "swarm join", flags: "advertise-addr= availability= data-path-addr= listen-addr= token="},
	{names: "swarm leave", flags: "force,f", kind: Arms, effect: Stops, object: SwarmServices},
	{names: "swarm unlock", kind: MayBoot, effect: Recreates, object: SwarmServices},
}

const serviceCreateFlags argv.Table = `cap-add= cap-drop= config= constraint= container-label= credential-spec= detach,d dns-option= dns-search=
dns= endpoint-mode= entrypoint= env-file= env=,e generic-resource= group= health-cmd= health-interval= health-retries=
health-start-interval= health-start-period= health-timeout= host= hostname= init isolation= label=,l limit-cpu= limit-memory=
limit-pids= log-driver= log-opt= max-concurrent= mode= mount= name= network= no-healthcheck no-resolve-image oom-score-adj=
placement-pref= publish=,p quiet,q read-only replicas-max-per-node= replicas= reserve-cpu= reserve-memory= restart-condition=
restart-delay= restart-max-attempts= restart-window= rollback-delay= rollback-failure-action= rollback-max-failure-ratio=
rollback-monitor= rollback-order= rollback-parallelism= secret= stop-grace-period= stop-signal= sysctl= tty,t ulimit= update-delay=
update-failure-action= update-max-failure-ratio= update-monitor= update-order= update-parallelism= user=,u with-registry-auth
workdir=,w`

const serviceUpdateFlags argv.Table = `args= cap-add= cap-drop= config-add= config-rm= constraint-add= constraint-rm= container-label-add=
container-label-rm= credential-spec= detach,d dns-add= dns-option-add= dns-option-rm= dns-rm= dns-search-add= dns-search-rm=
endpoint-mode= entrypoint= env-add= env-rm= force generic-resource-add= generic-resource-rm= group-add= group-rm= health-cmd=
health-interval= health-retries= health-start-interval= health-start-period= health-timeout= host-add= host-rm= hostname= image= init
isolation= label-add= label-rm= limit-cpu= limit-memory= limit-pids= log-driver= log-opt= max-concurrent= mount-add= mount-rm=
network-add= network-rm= no-healthcheck no-resolve-image oom-score-adj= placement-pref-add= placement-pref-rm= publish-add=
publish-rm= quiet,q read-only replicas-max-per-node= replicas= reserve-cpu= reserve-memory= restart-condition= restart-delay=
restart-max-attempts= restart-window= rollback rollback-delay= rollback-failure-action= rollback-max-failure-ratio= rollback-monitor=
rollback-order= rollback-parallelism= secret-add= secret-rm= stop-grace-period= stop-signal= sysctl-add= sysctl-rm= tty,t ulimit-add=
ulimit-rm= update-delay= update-failure-action= update-max-failure-ratio= update-monitor= update-order= update-parallelism= user=,u
with-registry-auth workdir=,w`

// groups are the words before a verb, with what a verb of them counts as that no table has.
var groups = []struct {
	words string
	kind  Kind
}{
	{"container volume system network service stack swarm node checkpoint desktop pod kube play machine", MayBoot},
	{"image builder buildx quadlet farm", Arms},
	{"context plugin trust manifest config secret generate healthcheck artifact", ReadOnly},
}

// engineHarmless are verbs without effect on a container, image or volume that a service uses.
const engineHarmless = `attach diff events export history images info inspect list login logout logs pause port ps push save search
stats top unpause version wait help __complete __completeNoDesc docker-cli-plugin-metadata docker-cli-plugin-hooks completion
scout sbom init debug model mcp ai extension feedback pass scan offload cloud sandbox
mount unmount umount`

// groupHarmless are those of the groups: a verb of a group that is harmless at the top is so there too.
const groupHarmless = `container/ls container/list container/ps container/exists container/init container/cleanup
image/ls image/list image/exists image/scp image/sign image/tree image/trust image/diff
volume/create volume/ls volume/list volume/update volume/exists volume/import volume/reload volume/mount
network/connect network/create network/ls network/list network/rm network/remove network/prune network/exists network/reload network/update
system/df system/dial-stdio system/connection system/context system/service system/check system/locks system/renumber
builder/prune buildx/ls buildx/rm buildx/use buildx/create buildx/du buildx/imagetools buildx/install buildx/uninstall buildx/prune
buildx/stop buildx/dial-stdio buildx/history
service/ls service/list service/ps stack/ls stack/list stack/ps stack/services stack/config
swarm/ca swarm/join-token swarm/unlock-key swarm/update node/ls node/list node/ps node/demote node/promote
checkpoint/ls checkpoint/list checkpoint/rm checkpoint/remove
desktop/status desktop/version desktop/diagnose desktop/kubernetes desktop/disable desktop/enable desktop/module desktop/uninstall
pod/create pod/exists pod/ls pod/list kube/generate machine/ls machine/list machine/cp machine/os`
