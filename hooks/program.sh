# find_program sets $program to the schemaguard that runs, or to nothing: the one that was installed, the one
# on PATH (graphical git clients have a short one), the usual folders. Never one from the current folder.
find_program() {
  program=$installed
  if [ -n "$program" ] && [ -f "$program" ] && [ -x "$program" ]; then return; fi
  program=$(command -v schemaguard) || program=
  case $program in
  /*) if [ -x "$program" ]; then return; fi ;;
  esac
  for folder in "${GOBIN:-}" "${HOME:-}/go/bin" "${HOME:-}/.local/bin" /usr/local/bin /opt/homebrew/bin; do
    program=$folder/schemaguard
    case $program in
    /*) if [ -f "$program" ] && [ -x "$program" ]; then return; fi ;;
    esac
  done
  program=
}

say() { printf 'schemaguard: %s\n' "$1" >&2; }

# say_missing says that nothing was checked, and every way out of it.
say_missing() {
  say "$1: the schemaguard program was not found, so nothing checked this"
  say "note: looked for ${installed:-schemaguard}, on PATH, in ~/go/bin, ~/.local/bin, /usr/local/bin and /opt/homebrew/bin"
  say 'hint: go install github.com/schemaguard/schemaguard/cmd/schemaguard@latest'
  say 'hint: schemaguard install   (where it lies in another folder now)'
}
