# say_missing says that nothing was checked, and every way out of it.
say_missing() {
  say "refused: the schemaguard program was not found, so nothing checked this"
  say "note: looked for ${installed:-schemaguard}, on PATH, in ~/go/bin, ~/.local/bin, /usr/local/bin and /opt/homebrew/bin"
  say 'hint: go install github.com/schemaguard/schemaguard/cmd/schemaguard@latest'
  say 'hint: schemaguard install   (where it lies in another folder now)'
}

# A hook that may refuse. Without the program nothing was checked, which is never a yes.
run_previous "$@" || exit $?
find_program
if [ -z "$program" ]; then
  if [ -n "${SCHEMAGUARD_SKIP:-}" ]; then
    say "skipped: $hook was not checked (SCHEMAGUARD_SKIP: $SCHEMAGUARD_SKIP)"
    exit 0
  fi
  say_missing
  case $hook in
  pre-push) say 'hint: git push --no-verify   (once, unchecked)' ;;
  pre-merge-commit) say 'hint: git merge --no-verify   (once, unchecked)' ;;
  *) say 'hint: git commit --no-verify   (once, unchecked)' ;;
  esac
  exit 3
fi
run_program "$@"
