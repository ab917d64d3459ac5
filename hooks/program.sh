# find_program sets $program to the schemaguard that runs, or to nothing: the one that was installed, the one
# on PATH (graphical git clients have a short one), the usual folders. Never one from the current folder.
find_program() {
  program=$installed
  if [ -n "$program" ] && [ -f "$program" ] && [ -x "$program" ]; then return; fi
  blanks=$IFS
  IFS=:
  set -f
  for folder in $PATH "${GOBIN:-.}" "${HOME:-}/go/bin" "${HOME:-}/.local/bin" /usr/local/bin /opt/homebrew/bin; do
    program=$folder/schemaguard
    case $program in
    /*) if [ -f "$program" ] && [ -x "$program" ]; then break; fi ;;
    esac
    program=
  done
  IFS=$blanks
  set +f
}

say() { printf 'schemaguard: %s\n' "$1" >&2; }
