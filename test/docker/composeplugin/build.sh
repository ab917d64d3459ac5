#!/bin/sh
# Builds the Compose v2 plugin once for this machine, and prints where it is. The first build takes minutes.
set -eu
cd "$(dirname "$0")"
version=$(sed -n 's|.*docker/compose/v2 v\([0-9.]*\).*|\1|p' go.mod)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/schemaguard-docker/compose-$version
plugin=$folder/docker-compose
if [ ! -x "$plugin" ]; then
  mkdir -p "$folder"
  # Under a name of its own until it is whole: two may build at once, and either may be stopped.
  # The version is what it writes on each container; docker-compose v1 cannot do without.
  GOFLAGS="" CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X github.com/docker/compose/v2/internal.Version=v$version" -o "$plugin.$$" . >&2
  mv "$plugin.$$" "$plugin"
fi
printf '%s\n' "$plugin"
