/**
 * The programs of the crash spec's batches, in POSIX sh: each does what its plan says for its n-th start, and each proves
 * by itself that nobody else was at work.
 *
 * A directory has one journal, which every program that works there appends to before it does anything else. Then it
 * looks whether a process of an earlier line still lives (same pid, same start time): appended first, looked second, so
 * of two that overlap the later one always sees the earlier one.
 *
 * Lines: `start TASK WHO MARKER PID BORN`, `child` the same, `end` the same, `failed TASK WORDS`, `commit TASK HASH`,
 * `twin …`, `deaf …`, `lost …`.
 */
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Arguments of every program: the root folder, the task, who it is, the journal, its plan. */
const probe = `
root=$1 task=$2 who=$3 journal=$4 plan=$5
born() {
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  case $1 in Z | X | x) return 1 ;; esac
  born=\${20}
}
note() {
  printf "%s\\n" "$*" >>"$journal"
  echo >>"$root/pulse"
}
enter() {
  born $$
  me="$$ $born" turn=0 wanted=
  note "start $task $who $DROVER_ATTEMPT $me"
  while read -r word other kind marker pid start; do
    case $word in
    failed) [ "$other" = "$task" ] && wanted="$kind\${marker:+ $marker $pid $start}" ;;
    start | child)
      [ "$word $other $kind" = "start $task $who" ] && turn=$((turn + 1))
      if [ "$pid $start" != "$me" ] && born "$pid" && [ "$born" = "$start" ]; then
        note "twin $task $who $DROVER_ATTEMPT $me beside $other $kind $marker $pid $start"
      fi
      ;;
    esac
  done <"$journal"
  pick $plan
  pause=\${word#*:} word=\${word%%:*}
  # What the next attempt must be told.
  nonce=$task-$who-$turn-broke
}
pick() {
  left=$turn
  for word; do
    left=$((left - 1))
    [ "$left" -eq 0 ] && return
  done
}
leave() {
  note "end $task $who $DROVER_ATTEMPT $me"
  exit "$1"
}
broken() {
  note "failed $task $nonce"
  echo "$nonce" >&2
}
# Two stubborn children: one in a session of its own, one that is left to pid 1 as well.
litter() {
  setsid sh "$root/child.sh" "$root" "$task" "$who" "$journal" 1 </dev/null >/dev/null 2>&1 &
  (setsid sh "$root/child.sh" "$root" "$task" "$who" "$journal" 2 </dev/null >/dev/null 2>&1 &)
  while [ ! -e "$root/children/$DROVER_ATTEMPT.1" ] || [ ! -e "$root/children/$DROVER_ATTEMPT.2" ]; do sleep 0.01; done
}
stay() {
  trap '' TERM INT HUP
  while :; do sleep 30; done
}
`

const child = `
. "$1/probe.sh"
trap '' TERM INT HUP
born $$
note "child $task $who $DROVER_ATTEMPT $$ $born"
: >"$root/children/$DROVER_ATTEMPT.$plan"
stay
`

/** Dollars that each kind of end reports; exact in binary, so that their sum is. */
export const costs = { ok: 0.25, signal: 0.5, lie: 0.125 } as const
/** Tool turns and lines that a flooding agent prints. */
export const flood = { toolTurns: 8, lines: 1600 } as const

/** The last word of an agent that ended well, by its turn. */
export const lastWord = (task: string, turn: number): string => `${task} is done, turn ${turn}`

const agent = `
. "$1/probe.sh"
case $DROVER_ROLE in
qa) who=judge plan=$6 ;;
merger) who=merger plan=$7 ;;
esac
enter
if [ "$turn" -gt 1 ] && [ "$who" = agent ] && [ -n "$wanted" ]; then
  grep -qF -- "$wanted" "$DROVER_PROMPT_FILE" || note "deaf $task $DROVER_ATTEMPT was not told $wanted"
fi
cmp -s - "$DROVER_PROMPT_FILE" || note "deaf $task $DROVER_ATTEMPT has another prompt on its input"
says() {
  printf "%s\\n" '{"type":"result","is_error":false,"total_cost_usd":${costs.ok},"result":"'"$task is done, turn $turn"'"}'
  leave 0
}
done_() {
  echo "turn $turn" >>"work.$task"
  says
}
told() {
  grep -qF -- "$1" "$DROVER_PROMPT_FILE" || note "deaf $task $DROVER_ATTEMPT was not told $1"
}
g() { git -c user.name=ann -c user.email=ann@example.org "$@"; }
# Its own file, with what else is changed.
lands() {
  echo "$task" >"$task"
  g add -A && g commit -qm "$task, turn $turn" || note "lost $task it can not commit"
  note "commit $task $(git rev-parse HEAD)"
  says
}
# All of a pair begin before one of them ends.
meet() {
  : >"$root/meetings/$task"
  while [ ! -e "$root/meetings/\${word#*@}" ]; do sleep 0.02; done
}
sleep "$pause"
case $word in
ok) done_ ;;
litter)
  litter
  done_
  ;;
flood)
  i=0
  while [ $i -lt ${flood.lines} ]; do
    i=$((i + 1))
    echo "$task says line $i of ${flood.lines}, and goes on saying so for a while, so that it is a long line"
    if [ $((i % ${flood.lines / flood.toolTurns})) -eq 0 ]; then
      echo '{"type":"assistant","message":{"content":[{"type":"tool_use"}]}}'
      sleep 0.03
    fi
  done
  done_
  ;;
fail)
  broken
  leave 3
  ;;
signal)
  broken
  printf "%s\\n" '{"type":"result","total_cost_usd":${costs.signal}}'
  kill -KILL $$
  ;;
lie)
  broken
  printf "%s\\n" '{"type":"result","is_error":true,"total_cost_usd":${costs.lie}}'
  leave 0
  ;;
hang)
  note "failed $task it took longer than its task may"
  litter
  stay
  ;;
wait) while :; do sleep 30; done ;;
land) lands ;;
leave)
  echo "$task" >"$task"
  says
  ;;
commit)
  told "## Only commit"
  lands
  ;;
idle) says ;;
next@*)
  [ -e "\${word#*@}" ] || note "lost $task it does not begin with what has landed"
  lands
  ;;
line@*)
  meet
  echo "$task" >>line
  lands
  ;;
third@*)
  meet
  : >"third.$task"
  lands
  ;;
mend)
  g merge -q main || note "lost $task it can not merge"
  : >both
  lands
  ;;
merge)
  told "conflict in line"
  g merge -q main
  sed -i '/^[<=>]/d' line
  lands
  ;;
reject)
  note "failed $task $nonce"
  printf "%s\\n" '{"type":"result","is_error":false,"total_cost_usd":${costs.ok},"result":"'"$nonce"'\\nVERDICT: FAIL"}'
  leave 0
  ;;
accept)
  printf "%s\\n" '{"type":"result","is_error":false,"total_cost_usd":${costs.ok},"result":"it is good\\nVERDICT: PASS"}'
  leave 0
  ;;
esac
note "lost $task $word is no plan"
leave 9
`

const verifier = `
. "$1/probe.sh"
# What would land is checked apart from what the agent left, and as often as it takes.
case $PWD in */worktrees/*.l[0-9]*) who=landing ;; esac
enter
sleep "$pause"
case $word in
pass) leave 0 ;;
has | third)
  [ -e "$task" ] || [ "\${task%idle}" != "$task" ] || note "lost $task its work is not there"
  set -- third.*
  if [ "$word" = third ] && [ $# -gt 1 ] && [ ! -e both ]; then
    broken
    leave 1
  fi
  leave 0
  ;;
litter)
  litter
  leave 0
  ;;
flood)
  i=0
  while [ $i -lt 2000 ]; do
    i=$((i + 1))
    echo "$task is verified, and this is line $i of a report that is far too long for anyone to read"
  done
  leave 0
  ;;
fail)
  broken
  leave 1
  ;;
signal)
  broken
  kill -KILL $$
  ;;
hang)
  broken
  litter
  stay
  ;;
esac
note "lost $task $word is no plan"
leave 9
`

/** Writes the programs into that folder. */
export const install = (root: string): void => {
  for (const [name, text] of Object.entries({ probe, child, agent, verifier })) {
    writeFileSync(join(root, `${name}.sh`), text)
    chmodSync(join(root, `${name}.sh`), 0o755)
  }
}
