# What git diff shows of a snapshot: FILE as short lines, or as it is where that cannot be had.
find_program
if [ -n "$program" ] && text=$("$program" textconv "$1" 2>/dev/null); then
  printf '%s\n' "$text"
else
  cat "$1"
fi
