# bash completion for fjmcp(1): commands and options are those that its help lists.
_fjmcp() {
  local current=${COMP_WORDS[COMP_CWORD]} command= help
  ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} != -* ]] && command=${COMP_WORDS[1]}
  help=$(fjmcp ${command:+"$command"} --help 2>/dev/null) || return
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$(grep -oE '^ +(-[a-z], )?--[a-z-]+' <<<"$help" | grep -oE -- '--[a-z-]+')" -- "$current"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "$(sed -n '/^Commands:/,/^$/s/^  \([a-z-]\+\).*/\1/p' <<<"$help")" -- "$current"))
  fi
}
complete -o default -F _fjmcp fjmcp
