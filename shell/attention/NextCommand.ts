/** What a person types so that something goes on that waits for them. */
import { commitmentOf } from "../../core/commitment/Nudge.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsPerson } from "../../core/tick/Attention.ts"

/** The command that most likely lets a task go on that waits for a person; null when it waits for none. */
export const nextCommand = (task: Task): string | null => {
  const { id, stage } = task
  switch (stage._tag) {
    case "Blocked":
      return stage.reason._tag === "OverBudget" ? `drover unblock ${id} --budget USD` : `drover retry ${id}`
    case "ReviewHold":
      return `drover approve ${id}  (or: drover send-back ${id} --feedback TEXT)`
    case "Frozen":
      return `drover unfreeze ${id}`
    case "Upcoming":
      return `drover triage ${id}`
    case "Backlog":
      return task.flow.start === "manual" ? `drover start ${id}` : null
    default:
      return needsPerson(task) === null ? null : `drover retry ${id}  (or: drover fixup ${id} --feedback TEXT)`
  }
}

/** One word of a shell. */
const word = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

/** What to do about an attention item; `task`: the one that it is about, as it is now. */
export const remedy = (key: string, task: Task | null): string => {
  const account = /^account:(.+):paused$/s.exec(key)?.[1]
  if (account !== undefined) return `drover resume-account ${word(account)}`
  const commitment = commitmentOf(key)
  if (commitment !== null) return `drover commitments deliver ${commitment}  (or: withdraw ${commitment})`
  if (key === "mailbox:operator") return "drover inbox --role operator --drain"
  const role = /^mailbox:(?:chain|hops):(.+)$/s.exec(key)?.[1]
  if (role !== undefined) return `type something in the session of ${role}: what waits goes on with that`
  if (key.startsWith("guard:") || key.startsWith("guards:")) return "drover guards, drover doctor"
  if (task === null) return "drover doctor"
  return (key.endsWith(":held") ? nextCommand(task) : null) ?? `drover show ${task.id}`
}
