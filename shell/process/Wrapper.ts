/**
 * The POSIX shell program between the supervisor and an agent. It starts at most once per folder, and it leaves the
 * exit behind in `exit.json`, whole or not at all, whether or not a supervisor lives to see it.
 */

/** The files of an attempt's or run's folder that the wrapper and the supervisor share. */
export const startFile = "start"
export const exitFile = "exit.json"

/**
 * Arguments: the folder, then the program as an absolute path, then its arguments.
 *
 * - `set -C` makes `>` create exclusively; a token that is there (taken or revoked) ends the wrapper with status 0.
 * - The traps let the wrapper outlive a signal to its group. A trap with a command is reset in children, so the program
 *   has the default handlers. While it records, the signals are ignored, and so they are by the tools that it calls.
 * - `exec` in a subshell keeps the shell's own remarks ("Killed") out of the agent's stderr.
 * - A shell can not tell `exit 143` from death by SIGTERM: 129 … 159 are written as the signal. An agent that catches
 *   SIGTERM and exits with 143 therefore looks killed, which is how it should be judged anyway.
 * - A name that `kill -l` gives as a number is no signal here.
 * - The token is taken by the creation of its file alone: on a full disk its pid may not fit any more. By `true`, since a
 *   redirection of `:` that fails ends a POSIX shell at once, with another status.
 * - Its files are for their owner alone, also where a folder above is not; the agent has the umask that drover has.
 * - A record that can not be written now (disk full, read-only) may be later: without it the attempt would be lost. A
 *   wrapper whose folder is gone waits for nothing.
 */
export const wrapper = `
directory=$1
shift
trap : HUP INT QUIT TERM USR1 USR2
set -C
(umask 077; true >"$directory/${startFile}") 2>/dev/null || exit 0
set +C
exec 3>&2 2>/dev/null
echo "$$" >>"$directory/${startFile}"
(exec 2>&3 3>&-; exec "$@")
code=$?
umask 077
trap '' HUP INT QUIT TERM USR1 USR2
PATH="/usr/bin:/bin:$PATH"
signal=
if [ "$code" -gt 128 ] && [ "$code" -lt 160 ]; then signal=$(kill -l "$code"); fi
case $signal in
[A-Z]*) exit='"code":null,"signal":"SIG'$signal'"' ;;
*) exit='"code":'$code',"signal":null' ;;
esac
record="$directory/${exitFile}"
at=$(date +%s)
until printf '{%s,"at":%s}\\n' "$exit" "$at" >"$record.$$" && { sync "$record.$$"; mv -f "$record.$$" "$record"; }; do
  rm -f "$record.$$"
  [ -d "$directory" ] || break
  sleep 1
done
exit "$code"
`
