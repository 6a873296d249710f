/**
 * One hook event as a file of the spool: `<pid>.<n>.<hook>`, in which the event is followed by a line that says its end.
 *
 * A writer makes its file exclusively and writes into it in place, so it needs no rename (and the shell one no second
 * process). Until the last line is there the file is not whole, however far its writer has come: a reader leaves it
 * alone. The line names the file itself, or an event with a line like it inside would be whole too early.
 */
import { type HookName, isHookName } from "../../core/hook/HookName.ts"

/** Bytes of an event; a longer one is refused. */
export const longestBody = 1024 * 1024

/** Names a writer tries, should another of its pid have left files behind. */
export const mostTries = 100

export interface SpoolName {
  readonly pid: number
  /** Which of its tries. */
  readonly n: number
  readonly hook: HookName
}

export const format = ({ hook, n, pid }: SpoolName): string => `${pid}.${n}.${hook}`

const pattern = /^([1-9]\d{0,9})\.(0|[1-9]\d{0,3})\.([A-Za-z]{1,40})$/

/** Null for what no writer calls its files. */
export const parse = (name: string): SpoolName | null => {
  const [, pid, n, hook = ""] = pattern.exec(name) ?? []
  return isHookName(hook) ? { pid: Number(pid), n: Number(n), hook } : null
}

/** What follows the event in the file of that name. */
export const end = (name: string): string => `\n.${name}\n`
