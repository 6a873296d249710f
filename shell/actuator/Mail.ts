/** What an action does in the mailbox, in the transaction of its intent. Pure. */
import * as Prompt from "../../core/agent/Prompt.ts"
import type { ExecutionEvent } from "../../core/execution/ExecutionEvent.ts"
import { supervisor } from "../../core/mailbox/Role.ts"
import { attemptId } from "../../core/task/Identifiers.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Action } from "../../core/tick/Action.ts"
import type { MailChange } from "../store/MailboxService.ts"

/** An attempt that is over, however it ended, is not handed to a session again. */
export const endOf = ({ execution }: Task, event: ExecutionEvent): MailChange | undefined =>
  event._tag === "VerifiedDead" && execution._tag === "Stopping" && execution.carrier?._tag === "Session"
    ? { _tag: "End", id: execution.carrier.messageId }
    : undefined

/** `claimMs`: what waited that long was left unclaimed, and is not given to the mailbox again in this visit. */
export const mailOf = (task: Task, action: Action, at: number, claimMs: number): MailChange | undefined => {
  if (action._tag === "AssignViaMailbox") {
    const { attempt } = action
    const { mailboxRole, prompt, cwd, verify } = task.spec
    if (mailboxRole === null) return undefined
    const text = Prompt.compose({
      prompt,
      role: attempt.role,
      mode: attempt.mode,
      feedback: task.facts.feedback,
      verifiers: verify
    })
    return {
      _tag: "Put",
      message: {
        id: attemptId(task.id, attempt.number),
        role: mailboxRole,
        from: supervisor,
        text: `In the directory ${cwd}:\n\n${text}`,
        hop: 0,
        at,
        work: { task: task.id, attempt: attempt.number, visit: attempt.visit }
      }
    }
  }
  if (action._tag !== "WithdrawMessage" || task.execution._tag !== "Assigned") return undefined
  const { messageId, since } = task.execution
  return { _tag: "TakeBack", id: messageId, as: at - since >= claimMs ? "expired" : "withdrawn" }
}
