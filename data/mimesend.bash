# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of mimesend for bash. Options are taken from --help, so that they are never out of date.
_mimesend ()
{
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}

  COMPREPLY=()
  case $prev in
    -a|--attach|--attach-file|--to-file|--cc-file|--bcc-file|--reply|--calendar|--text|--html|--message|--password-file|--proxy-password-file|--ca-file|--crl-file|--client-cert|--client-key)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      return ;;
    --tls)
      mapfile -t COMPREPLY < <(compgen -W 'none opportunistic required implicit' -- "$cur")
      return ;;
    --tls-min)
      mapfile -t COMPREPLY < <(compgen -W '1.2 1.3' -- "$cur")
      return ;;
    --return)
      mapfile -t COMPREPLY < <(compgen -W 'full headers' -- "$cur")
      return ;;
    --notify)
      mapfile -t COMPREPLY < <(compgen -W 'never success failure delay' -- "$cur")
      return ;;
    --sign|--encrypt)
      mapfile -t COMPREPLY < <(compgen -W 'pgp smime' -- "$cur")
      return ;;
    --eight-bit)
      mapfile -t COMPREPLY < <(compgen -W 'as-is' -- "$cur")
      return ;;
  esac
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(mimesend --help 2>/dev/null | grep -oE '^  (-[A-Za-z]|--[a-z-]+)(, --[a-z-]+)?' | tr -d ',')" -- "$cur")
  elif (( COMP_CWORD == 1 )); then
    mapfile -t COMPREPLY < <(compgen -W 'send build probe show sink' -- "$cur")
  fi
}
complete -F _mimesend mimesend
