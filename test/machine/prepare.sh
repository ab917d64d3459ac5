#!/usr/bin/env bash
# Sees to it that this machine has what the tests need.
#   prepare.sh [postgres] [directus] [docker] [managers] [markdown] [shells] [race] [lint]
# What is missing is installed with apt-get where this is root on a Debian; anywhere else the command
# that installs it is printed, and the tests that need it will be skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."

packages=() advice=()

# want COMMAND DEBIAN_PACKAGE: notes the package when the command is missing.
want() {
  command -v "$1" >/dev/null && return
  packages+=("$2")
  advice+=("$2 (for the command $1)")
}

# any PATTERN...: is there a file that matches one of them?
any() { compgen -G "$1" >/dev/null || { shift && [ $# -gt 0 ] && any "$@"; }; }

have_postgres() {
  command -v initdb >/dev/null || any '/usr/lib/postgresql/*/bin/initdb' '/usr/pgsql-*/bin/initdb' \
    '/opt/homebrew/opt/postgresql@*/bin/initdb' '/usr/local/opt/postgresql@*/bin/initdb' '/usr/local/pgsql/bin/initdb'
}

have_postgis() {
  any '/usr/share/postgresql/*/extension/postgis.control' '/usr/pgsql-*/share/extension/postgis.control' \
    '/opt/homebrew/share/postgresql@*/extension/postgis.control' '/usr/local/share/postgresql@*/extension/postgis.control'
}

# debian_major prints the major version of Postgres that is installed, else the one that would be.
debian_major() {
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sed 's|.*/postgresql/\([0-9]*\)/.*|\1|' | sort -n | tail -n 1)
  [ -n "$newest" ] || newest=$(apt-cache policy postgresql 2>/dev/null | sed -n 's/.*Candidate: \([0-9]*\)+.*/\1/p')
  printf '%s\n' "${newest:-15}"
}

# start_docker starts an engine where none answers; it stays until the machine is stopped.
start_docker() {
  docker version >/dev/null 2>&1 && return
  if [ "$(id -u)" != 0 ]; then
    echo 'no docker engine answers; start one: sudo systemctl start docker' >&2
    return
  fi
  # An engine that was killed leaves its pid behind, which may be somebody else's by now.
  pgrep -x --runstates D,R,S,T,t dockerd >/dev/null || rm -f /var/run/docker.pid /var/run/docker/containerd/containerd.pid
  setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null &
  for _ in $(seq 60); do
    docker version >/dev/null 2>&1 && return
    sleep 0.5
  done
  echo 'dockerd does not answer; its last words:' >&2
  tail -n 20 /var/log/dockerd.log >&2
  return 1
}

# add_compose gives docker its compose plugin, built from source, where it has none.
add_compose() {
  docker compose version >/dev/null 2>&1 && return
  if [ "$(id -u)" != 0 ]; then
    echo 'docker has no compose plugin, and the tests that need it will be skipped; build one: test/docker/composeplugin/build.sh' >&2
    return
  fi
  local plugin folder=${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins
  plugin=$(test/docker/composeplugin/build.sh)
  mkdir -p "$folder"
  ln -sf "$plugin" "$folder/docker-compose"
}

want git git
docker=
for need; do
  case $need in
    docker)
      docker=yes
      want docker docker.io
      want dockerd docker.io
      want docker-compose docker-compose
      want podman podman
      want curl curl
      want ip iproute2
      want tmux tmux
      ;;
    postgres)
      have_postgres || { packages+=(postgresql) && advice+=("postgresql"); }
      PATH=$PATH:/usr/sbin want pgbouncer pgbouncer
      have_postgis || { packages+=(POSTGIS) && advice+=("postgis for that postgresql"); }
      ;;
    directus)
      want node nodejs
      want npm npm
      ;;
    managers)
      want pre-commit pre-commit
      want busybox busybox
      want dash dash
      want npm npm
      ;;
    markdown) want cmark-gfm cmark-gfm ;;
    shells)
      for shell in dash busybox zsh fish; do want "$shell" "$shell"; done
      want shellcheck shellcheck
      want script bsdutils
      want tmux tmux
      ;;
    race) want gcc gcc && { any '/usr/include/stdlib.h' '/usr/include/*/stdlib.h' '/Library/Developer/*' || packages+=(libc6-dev); } ;;
    lint) want shellcheck shellcheck ;;
    *)
      sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
      exit 4
      ;;
  esac
done
if [ ${#packages[@]} -eq 0 ]; then
  [ -z "$docker" ] || { start_docker && add_compose; }
  exit 0
fi

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  printf 'missing: %s\n' "${advice[@]}" >&2
  if command -v apt-get >/dev/null; then
    printf 'install: sudo apt-get install -y %s\n' "${packages[*]//POSTGIS/postgresql-$(debian_major)-postgis-3}" >&2
  fi
  echo 'the tests that need these will be skipped' >&2
  exit 0
fi

quiet() { # runs a command, and shows what it said only when it fails
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

export DEBIAN_FRONTEND=noninteractive
quiet apt-get update -q
packages=("${packages[@]/#POSTGIS/postgresql-$(debian_major)-postgis-3}")
echo "installing ${packages[*]}"
quiet apt-get install -y -q --no-install-recommends "${packages[@]}"
[ -z "$docker" ] || { start_docker && add_compose; }
