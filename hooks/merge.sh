# named prints the name of a version, or what stands in for it: a git before 2.44 passes on the placeholder itself.
named() {
  case $1 in
  '' | %[SXY]) printf '%s' "$2" ;;
  *) printf '%s' "$1" ;;
  esac
}

# The merge driver of the snapshot: BASE OURS THEIRS PATH MARKER-SIZE and the names of the three, the result goes to
# OURS. What schemaguard cannot merge, git's own text merge does: a side must never get lost.
find_program
if [ -n "$program" ]; then
  "$program" merge -- "$@"
  status=$?
  if [ "$status" -le 1 ] || grep -q '^<<<<<<<' "$2"; then exit "$status"; fi
  say "note: schemaguard merge ended with exit code $status, git merges ${4:-the snapshot} as text"
else
  say "note: the schemaguard program was not found, git merges ${4:-the snapshot} as text"
fi
exec git merge-file --marker-size="${5:-7}" -L "$(named "${7:-}" ours)" -L "$(named "${6:-}" base)" -L "$(named "${8:-}" theirs)" "$2" "$1" "$3"
