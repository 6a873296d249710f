/**
 * What a session may not do by itself: a small file that the hook of every use of a tool looks at. It only ever tightens:
 * no file, one that can not be read and one of another form all say nothing.
 */
import type { Marker } from "../execution/AttemptRecord.ts"
import type { Kind } from "../task/AgentDefinition.ts"
import { TaskId } from "../task/Identifiers.ts"
import type { Task } from "../task/Task.ts"

/** What the hook says of a use of a tool: that a person is asked, or where the program can ask nobody, that it is denied. */
export type Answer = "ask" | "deny"

export interface SessionPolicy {
  /** What its file is called (`nameOf`). */
  readonly session: string
  readonly task: TaskId
  /** The marker of the attempt that it is written for: its processes carry it, whatever their session is called. */
  readonly attempt: Marker
  readonly answer: Answer
}

/** A name that leads nowhere but to a file of its own, and means itself in a pattern. */
export const isName = (text: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(text)

/** Null: a use of a tool of that program can not be held. Codex knows no `ask` (`../shared/agents/FACTS.md` 5). */
export const answerOf = (kind: Kind): Answer | null => {
  switch (kind) {
    case "claude-code":
      return "ask"
    case "codex":
      return "deny"
    case "opencode":
    case "command":
      return null
  }
}

/** Whether nothing that its agent does is done unless a person allows it. */
export const isManual = ({ spec }: Task): boolean => spec.approve === "manual"

/** `at`: ISO 8601. One line of JSON in a fixed order, by which the hook knows it again: a shell compares it, and parses nothing. */
export const render = ({ answer, attempt, task }: SessionPolicy, at: string): string =>
  `{"task_id":${task},"approve_mode":"force_manual","written_at":"${at}","answer":"${answer}","attempt":"${attempt}"}\n`

const form =
  /^\{"task_id":([1-9][0-9]{0,14}),"approve_mode":"force_manual","written_at":"[0-9TZ:.+-]{1,40}","answer":"(?:ask|deny)","attempt":"([0-9a-f]{32})"\}\n$/

/** Whose a file is. */
export interface Owner {
  readonly task: TaskId
  readonly attempt: string
}

/** Null for a file that says nothing. */
export const ownerIn = (text: string): Owner | null => {
  const [, task, attempt] = form.exec(text) ?? []
  return task === undefined || attempt === undefined ? null : { task: TaskId.make(Number(task)), attempt }
}

/**
 * What the file of an attempt is called: no other attempt's is, so that whoever removes it late removes nobody else's.
 * `session`: null where it is not known, as of a program that names it itself.
 */
export const nameOf = (session: string | null, marker: Marker): string => {
  const name = `${session}_${marker}`
  return session !== null && isName(session) && isName(name) ? name : marker
}
