# The merge driver of the snapshot: BASE OURS THEIRS PATH, the result goes to OURS. What schemaguard cannot merge,
# git's own text merge does: a side must never get lost.
find_program
if [ -n "$program" ]; then
  "$program" merge "$@"
  status=$?
  if [ "$status" -le 1 ] || grep -q '^<<<<<<<' "$2"; then exit "$status"; fi
  say "note: schemaguard merge ended with exit code $status, git merges ${4:-the snapshot} as text"
else
  say "note: the schemaguard program was not found, git merges ${4:-the snapshot} as text"
fi
exec git merge-file -L ours -L base -L theirs "$2" "$1" "$3"
