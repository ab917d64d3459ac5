# run_previous runs the hook that was here before, with the arguments and the input of this one, and returns its
# exit code. The input of pre-push and post-rewrite is kept in $input, for both to read. A selftest asks for this
# hook alone.
run_previous() {
  input=
  previous=${0%/*}/$hook.before-schemaguard
  case $0 in
  */*) ;;
  *) previous=./$hook.before-schemaguard ;;
  esac
  if [ -n "${SCHEMAGUARD_SELFTEST:-}" ] || [ ! -f "$previous" ] || [ ! -x "$previous" ]; then return 0; fi
  case $hook in
  pre-push | post-rewrite)
    # $(...) cuts off line ends; the dot keeps them.
    input=$(cat && echo .) || return 1
    input=${input%.}
    printf '%s' "$input" | "$previous" "$@"
    ;;
  *) "$previous" "$@" ;;
  esac
}

# run_program runs schemaguard with the same arguments and input.
run_program() {
  if [ -n "$settings" ]; then set -- --config "$settings" hook "$hook" "$@"; else set -- hook "$hook" "$@"; fi
  if [ -n "$input" ]; then
    printf '%s' "$input" | "$program" "$@"
  else
    "$program" "$@"
  fi
}
