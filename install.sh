#!/bin/sh
# Installs schemaguard for the user who runs this: no sudo, nothing outside the prefix.
#
#   ./install.sh                        in a clone: builds it with Go
#   curl -fsSL .../install.sh | sh      elsewhere: go install, which verifies what it fetches
#   ./install.sh --archive FILE|URL     takes a release archive, after its SHA-256 was verified
#
# The braces make sh read all of this before it does any of it: a download that breaks off does nothing.
{
  set -eu

  module=github.com/schemaguard/schemaguard

  say() { printf 'install.sh: %s\n' "$1"; }

  # fail TEXT [COMMAND]: the problem, and what helps.
  fail() {
    printf 'install.sh: error: %s\n' "$1" >&2
    [ $# -lt 2 ] || printf 'install.sh: hint: %s\n' "$2" >&2
    exit 1
  }

  usage() {
    cat <<'END'
Usage: install.sh [options]

Builds schemaguard from source with Go (from the clone that this script lies in,
else with go install), or takes it from a release archive.

  --prefix DIR        install to DIR/bin (default: ~/.local)
  --archive FILE|URL  take a release archive (.tar.gz) instead of building
  --checksums FILE|URL
                      its SHA-256 sums (default: checksums.txt beside the archive)
  --version VERSION   what go install fetches (default: latest)
  --hooks             then run schemaguard install in the current repository
  --help              show this
END
  }

  # fetch FILE|URL TARGET
  fetch() {
    case $1 in
    http://*) fail "$1 would come unencrypted: only https and files are taken" ;;
    https://*)
      if command -v curl >/dev/null 2>&1; then
        curl -fsSL --proto '=https' -o "$2" "$1" || fail "$1 could not be fetched"
      elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$2" "$1" || fail "$1 could not be fetched"
      else
        fail 'curl or wget is needed to fetch an archive' "install.sh --archive FILE"
      fi
      ;;
    *)
      [ -f "$1" ] || fail "there is no file $1"
      cp "$1" "$2"
      ;;
    esac
  }

  # sha256 FILE prints the sum alone.
  sha256() {
    if command -v sha256sum >/dev/null 2>&1; then
      sha256sum <"$1"
    elif command -v shasum >/dev/null 2>&1; then
      shasum -a 256 <"$1"
    elif command -v openssl >/dev/null 2>&1; then
      openssl dgst -sha256 -r <"$1"
    else
      fail 'sha256sum, shasum or openssl is needed to verify the archive'
    fi | awk '{ print $1; exit }'
  }

  # from_archive puts the program of $archive into $work, or fails.
  from_archive() {
    name=${archive##*/}
    name=${name%%\?*}
    fetch "$archive" "$work/archive"
    fetch "${checksums:-${archive%"${archive##*/}"}checksums.txt}" "$work/checksums"
    want=$(awk -v name="$name" '$2 == name || $2 == "*" name { print tolower($1); exit }' "$work/checksums")
    [ -n "$want" ] || fail "the checksums do not name $name, so it cannot be verified"
    have=$(sha256 "$work/archive")
    [ "$have" = "$want" ] || fail "$name has the SHA-256 $have, and the checksums say $want: it is damaged or not the one that was released"
    say "verified $name: SHA-256 $have"
    # Only the program is taken out, to a name of our own: no path in the archive matters.
    member=$(tar -tzf "$work/archive" | awk '/(^|\/)schemaguard$/ { print; exit }')
    [ -n "$member" ] || fail "$name holds no program schemaguard"
    tar -xzOf "$work/archive" "$member" >"$work/schemaguard"
    chmod 755 "$work/schemaguard"
  }

  # from_source builds the program into $work, or fails.
  from_source() {
    command -v go >/dev/null 2>&1 || fail 'Go is needed to build schemaguard: https://go.dev/dl/' 'install.sh --archive FILE|URL   (needs no Go)'
    here=
    case $0 in
    */install.sh | install.sh) here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) ;;
    esac
    if [ -z "$version" ] && [ -n "$here" ] && grep -q "^module $module\$" "$here/go.mod" 2>/dev/null; then
      say "building $here"
      (cd "$here" && CGO_ENABLED=0 go build -trimpath -o "$work/schemaguard" ./cmd/schemaguard) || fail 'the build failed'
    else
      say "building $module@${version:-latest}"
      CGO_ENABLED=0 GOBIN=$work go install -trimpath "$module/cmd/schemaguard@${version:-latest}" || fail 'the build failed'
    fi
  }

  main() {
    prefix=${HOME:+$HOME/.local} archive='' checksums='' version='' hooks=''
    while [ $# -gt 0 ]; do
      case $1 in
      --prefix | --archive | --checksums | --version)
        [ -n "${2:-}" ] || fail "$1 needs a value" 'install.sh --help'
        case $1 in
        --prefix) prefix=$2 ;;
        --archive) archive=$2 ;;
        --checksums) checksums=$2 ;;
        --version) version=$2 ;;
        esac
        shift
        ;;
      --hooks) hooks=yes ;;
      --help | -h)
        usage
        exit 0
        ;;
      *) fail "unknown option $1" 'install.sh --help' ;;
      esac
      shift
    done
    [ -n "$prefix" ] || fail 'HOME is not set, so there is no folder to install to' 'install.sh --prefix DIR'
    bin=$prefix/bin
    mkdir -p "$bin" 2>/dev/null || fail "$bin cannot be created" 'install.sh --prefix DIR'
    [ -w "$bin" ] || fail "$bin cannot be written to" 'install.sh --prefix DIR'
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [ -n "$archive" ]; then from_archive; else from_source; fi
    said=$("$work/schemaguard" version) || fail 'the program does not run on this machine'

    # Beside it and then in its place: whoever runs the old one goes on with that.
    cp "$work/schemaguard" "$bin/.schemaguard.$$"
    mv -f "$bin/.schemaguard.$$" "$bin/schemaguard"
    bin=$(CDPATH='' cd -- "$bin" && pwd)
    say "installed $bin/schemaguard ($said)"
    case :${PATH:-}: in
    *:"$bin":*) ;;
    *) say "note: $bin is not on PATH; add to your shell's profile: export PATH=\"$bin:\$PATH\"" ;;
    esac
    if [ -n "$hooks" ]; then
      PATH=$bin:${PATH:-} "$bin/schemaguard" install
    else
      say 'next: schemaguard install   (in a repository: its hooks, its merge driver)'
    fi
  }

  main "$@"
  exit
}
