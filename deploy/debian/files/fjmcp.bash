# bash completion for fjmcp(1): commands and options are those that its help lists.
_fjmcp() {
  local current=${COMP_WORDS[COMP_CWORD]} help word
  local -a words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || words+=("$word")
  done
  help=$(fjmcp "${words[@]:0:2}" --help 2>/dev/null) || return
  if [[ $current == -* ]]; then
    # What a command with a list does without a further word.
    grep -q '^  list ' <<<"$help" && help+=$'\n'$(fjmcp "${words[0]}" list --help 2>/dev/null)
    COMPREPLY=($(compgen -W "$(grep -oE '^ +(-[a-z], )?--[a-z0-9-]+' <<<"$help" | grep -oE -- '--[a-z0-9-]+')" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$(sed -n '/^Commands:/,/^$/s/^  \([a-z-]\+\).*/\1/p' <<<"$help")" -- "$current"))
  fi
}
complete -o default -F _fjmcp fjmcp
