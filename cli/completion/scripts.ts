/** The scripts that teach a shell to ask `flatnet __complete` for the next word. They hold no list of commands or flags. */
export const SCRIPTS = {
  bash: `# bash completion of flatnet
_flatnet() {
  local line files='' cur="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) files="\${line#:}" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  local kind=''
  if [ "$files" = 0 ]; then kind=-f; elif [ "$files" = 16 ]; then kind=-d; fi
  if [ -n "$kind" ]; then
    compopt -o filenames 2>/dev/null
    [ "$cur" = '=' ] && cur=''
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$kind" -- "$cur")
  fi
}
complete -F _flatnet flatnet
`,
  zsh: `#compdef flatnet
# zsh completion of flatnet
_flatnet() {
  local line files='' word
  local -a values
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then
      files="\${line#:}"
    elif [[ -n $line ]]; then
      word="\${line%%$'\\t'*}"
      values+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( \${#values} )) && _describe flatnet values
  if [[ $files == 0 ]]; then _files; elif [[ $files == 16 ]]; then _files -/; fi
}
if [[ "\${funcstack[1]}" == _flatnet ]]; then _flatnet "$@"; else compdef _flatnet flatnet; fi
`,
  fish: `# fish completion of flatnet
function __flatnet_complete
  set -l words (commandline -opc)
  set -l cur (commandline -ct)
  set -l lines ($words[1] __complete $words[2..-1] "$cur" 2>/dev/null)
  string match -v ':*' -- $lines
  switch "$lines[-1]"
    case :0
      __fish_complete_path "$cur"
    case :16
      __fish_complete_directories "$cur"
  end
end
complete -c flatnet -f -a '(__flatnet_complete)'
`,
} as const
