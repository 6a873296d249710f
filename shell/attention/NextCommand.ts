/** What a person types so that something goes on that waits for them. */
import { commitmentOf } from "../../core/commitment/Nudge.ts"
import type { Task } from "../../core/task/Task.ts"
import { needsPerson, survivorsKey } from "../../core/tick/Attention.ts"
import { quote } from "../process/ShellWord.ts"

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

/** Whoever knows that a session is over may say so where nothing proves it, as its own hook would have. */
const sessionEnded = (session: string): string =>
  `end its turn, or if it is gone: echo ${quote(JSON.stringify({ session_id: session }))} | drover ingest --hook SessionEnd`

/** What to do about an attention item; `task`: the one that it is about, as it is now. */
export const remedy = (key: string, task: Task | null): string => {
  const account = /^account:(.+):paused$/s.exec(key)?.[1]
  if (account !== undefined) return `drover resume-account ${quote(account)}`
  const commitment = commitmentOf(key)
  if (commitment !== null) return `drover commitments deliver ${commitment}  (or: withdraw ${commitment})`
  if (key === "mailbox:operator") return "drover inbox --role operator --drain"
  const role = /^mailbox:(?:chain|hops):(.+)$/s.exec(key)?.[1]
  if (role !== undefined) return `type something in the session of ${role}: what waits goes on with that`
  if (key === "supervisor:died") return "drover up  (its log says more)"
  if (key.startsWith("guard:") || key.startsWith("guards:")) return "drover guards, drover doctor"
  if (task === null) return "drover doctor"
  const { execution, id } = task
  if (key === survivorsKey(id) && execution._tag === "Stopping" && execution.carrier?._tag === "Session") {
    return sessionEnded(execution.carrier.session)
  }
  return (key.endsWith(":held") ? nextCommand(task) : null) ?? `drover show ${id}`
}
