# A hook that only tells: it never fails a git command, but for the hook that was here before.
run_previous "$@"
status=$?
find_program
if [ -n "$program" ]; then
  run_program "$@" || :
else
  say "not-run: $hook looked at nothing, the schemaguard program was not found; schemaguard install puts that right"
fi
exit "$status"
