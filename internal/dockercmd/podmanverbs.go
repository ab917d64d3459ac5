package dockercmd

// podmanVerbs are those that docker lacks or that podman gives other flags, from the help of podman 4.3
// and the source of 5.4 (https://github.com/containers/podman/tree/v5.4.0/cmd/podman). The rest is as docker's.
var podmanVerbs = []verb{
	{names: "container start|start", flags: "all attach,a detach-keys= filter=,f interactive,i latest,l sig-proxy", kind: MayBoot, effect: Starts, takes: targets, object: Containers},
	{names: "container restart|restart", flags: "all,a cidfile= filter=,f latest,l running time|timeout=,t", kind: MayBoot, effect: Restarts, takes: targets, object: Containers},
	{names: "container stop|stop", flags: "all,a cidfile= filter=,f ignore,i latest,l time|timeout=,t", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container kill|kill", flags: "all,a cidfile= latest,l signal=,s", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container rm|rm", flags: "all,a cidfile= depend filter= force,f ignore,i latest,l storage time|timeout=,t volumes,v", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container restore", flags: "all,a file-locks ignore-rootfs ignore-static-ip ignore-static-mac ignore-volumes import=,i import-previous= keep,k latest,l name=,n pod= print-stats publish=,p tcp-established", kind: MayBoot, effect: Starts, takes: targets, object: Containers},
	{names: "container checkpoint", flags: "all,a compress=,c create-image= export=,e file-locks ignore-rootfs ignore-volumes keep,k latest,l leave-running,R pre-checkpoint,P print-stats tcp-established with-previous", kind: Arms, effect: Stops, takes: targets, object: Containers},
	{names: "container clone", flags: createFlags + " destroy force,f run", kind: Arms, takes: firstOnly, object: Containers},
	{names: "container runlabel", flags: "authfile= cert-dir= creds= display name=,n opt1= opt2= opt3= pull,p quiet,q replace signature-policy= tls-verify", kind: MayBoot, effect: Creates, takes: imageThenWords},
	{names: "untag|image untag", kind: Arms, takes: images, lax: true},
	{names: "farm build", flags: buildFlags + " cleanup farm= local,l", kind: Arms, lax: true},

	{names: "pod start", flags: "all,a latest,l pod-id-file=", kind: MayBoot, effect: Starts, takes: targets, object: Pods},
	{names: "pod restart", flags: "all,a latest,l", kind: MayBoot, effect: Restarts, takes: targets, object: Pods},
	{names: "pod stop", flags: "all,a ignore,i latest,l pod-id-file= time|timeout=,t", kind: Arms, effect: Stops, takes: targets, object: Pods},
	{names: "pod kill", flags: "all,a latest,l signal=,s", kind: Arms, effect: Stops, takes: targets, object: Pods},
	{names: "pod rm", flags: "all,a force,f ignore,i latest,l pod-id-file= time|timeout=,t", kind: Arms, effect: Stops, takes: targets, object: Pods},
	{names: "pod prune", flags: "force,f", kind: Arms, effect: Stops, object: Pods},
	{names: "pod clone", flags: "name=,n " + createFlags + " destroy infra-command= infra-conmon-pidfile= infra-name= start", kind: Arms, takes: firstOnly, object: Pods},

	{names: "kube play|play kube", flags: kubePlayFlags, kind: MayBoot, effect: Recreates, takes: targets, object: Files},
	{names: "kube down", flags: "force", kind: Arms, effect: Stops, takes: targets, object: Files},
	{names: "kube apply", flags: "ca-cert-file= file=,f kubeconfig=,k namespace=,n service,s", lax: true},
	{names: "auto-update", flags: "authfile= dry-run format= rollback tls-verify", kind: MayBoot, effect: Recreates, object: Containers},
	{names: "quadlet install", flags: "reload-systemd", kind: Arms},
	{names: "quadlet list|quadlet print"},

	{names: "machine start", flags: "no-info quiet,q", kind: MayBoot, effect: Starts, object: Containers},
	{names: "machine init", flags: "now", kind: MayBoot, effect: Starts, object: Containers},
	{names: "machine stop|machine set", kind: Arms, effect: Stops, object: Containers},
	{names: "machine rm|machine reset", flags: "force,f save-image save-ignition", kind: LosesVolumes, effect: Stops, object: Containers},
	{names: "machine ssh", flags: "username=", stops: true, takes: targetThenWords},
	{names: "unshare|system unshare", flags: "rootless-netns|rootless-cni", stops: true, takes: targetThenWords},
	{names: "system migrate", flags: "new-runtime=", kind: Arms, effect: Stops, object: Containers},
	{names: "system reset", flags: "force,f", kind: LosesVolumes, effect: Stops, object: Containers},
}

const kubePlayFlags = `annotation= authfile= build cert-dir= configmap= context-dir= creds= down force ip= log-driver= log-opt=
mac-address= network= no-hostname no-hosts no-trunc publish-all publish= quiet,q replace seccomp-profile-root= service-container
service-exit-code-propagation= signature-policy= start tls-verify userns= wait,w`
