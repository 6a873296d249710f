/**
 * The part of the hook program that holds a tool until a person allows it, by the files that `shell/policy` writes. It only
 * ever tightens: it has no answer that allows, and says nothing where anything is not to the letter.
 */
import type { Answer } from "../../core/policy/SessionPolicy.ts"

const reason = "drover: no tool of this task runs unless a person allows it"

/** What Claude Code and Codex take as the word of a PreToolUse hook. */
export const said = (answer: Answer): string =>
  JSON.stringify({
    hookSpecificOutput: {
      hookEventName: "PreToolUse",
      permissionDecision: answer,
      permissionDecisionReason: reason
    }
  })

/** A file as it is written, but for what differs: a pattern of `case`. */
const form = (answer: Answer): string =>
  `'{"task_id":'*',"approve_mode":"force_manual","written_at":"'*'","answer":"${answer}","attempt":"'*'"}'`

/**
 * - `collect` sets `ask` and `deny` to the names of the sessions that are held, a bar before each. It starts no program,
 *   and waits for no file that is none.
 * - `look` sets `answer` for an event, in the file that is its argument or else on standard input, which it reads whole
 *   where anybody is held. The attempt is in the environment, the session in the event. An event that has a name
 *   somewhere below as well may be held though its own session is not; none that is held is let go by it. No
 *   name out of an event is ever part of a path: names come out of the folder alone, and mean themselves in a pattern.
 * - `say` prints the answer. Who does not read it must not change how this ends.
 */
export const functions = `collect() {
    for file in "\${spool%/*}/session-policy"/*.json; do
      held=\${file##*/}
      held=\${held%.json}
      case $held in '' | *[!A-Za-z0-9_-]*) continue ;; esac
      [ -f "$file" ] && IFS= read -r line <"$file" || continue
      attempt=\${line##*'"attempt":"'}
      attempt=\${attempt%'"}'}
      case $attempt in '' | *[!0-9a-f]*) continue ;; esac
      held=\${held%_"$attempt"}
      [ -n "$held" ] || continue
      case $line in
      ${form("ask")}) ask="$ask|$held|$attempt" ;;
      ${form("deny")}) deny="$deny|$held|$attempt" ;;
      esac
    done
  }
  judge() {
    IFS='|'
    for held in \${ask#?}; do case $1 in *"\\"$held\\""*) answer=ask ;; esac; done
    for held in \${deny#?}; do case $1 in *"\\"$held\\""*) answer=deny ;; esac; done
  }
  look() {
    [ -n "$ask$deny" ] || return 0
    judge "\\"\${DROVER_ATTEMPT-}\\""
    [ -z "$answer" ] || return 0
    held=$ask$deny
    judge "$(LC_ALL=C grep -aoE "\\"session_?[iI]d\\"[[:space:]]*:[[:space:]]*\\"(\${held#?})\\"" "$@")"
    return 0
  }
  say() {
    trap '' PIPE
    case $answer in
    ask) printf '%s\\n' '${said("ask")}' ;;
    deny) printf '%s\\n' '${said("deny")}' ;;
    esac
  }`
