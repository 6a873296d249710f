/** Has something done to a task, and says how it went. */
import { signal } from "@preact/signals"
import type { EventBody } from "../../http/api/TaskOrders.ts"
import { asks, orders, type Verb } from "../model/Orders.ts"
import { ask, type Asked } from "./Client.ts"
import { sync } from "./Live.ts"

export interface Notice {
  readonly text: string
  readonly isBad: boolean
}

/** The last thing that is said of what was done. */
export const notice = signal<Notice | null>(null)

let timer: ReturnType<typeof setTimeout> | undefined
/** Milliseconds: long enough to be read; what failed stays until something else is said. */
const shown = 6000

export const tell = (text: string, isBad = false): void => {
  clearTimeout(timer)
  notice.value = { text, isBad }
  if (!isBad) timer = setTimeout(() => (notice.value = null), shown)
}

export interface Question {
  readonly id: number
  readonly name: string
  readonly verb: Verb
  /** Something of the task runs. */
  readonly isAtWork: boolean
}

/** What a person is asked before it is done. */
export const question = signal<Question | null>(null)

type Body = Asked<"operateTask">["body"]

export const operate = async ({ id, verb }: Pick<Question, "id" | "verb">, body: EventBody = {}): Promise<boolean> => {
  // oxlint-disable-next-line typescript/consistent-type-assertions -- the same fields, but that the number of a task has a brand there
  const answer = await ask("operateTask", { path: { id, event: verb }, body: body as Body })
  if (answer.ok) tell(`#${id}: ${orders[verb].label.toLowerCase()}, done`)
  else tell(answer.why.error, true)
  void sync()
  return answer.ok
}

/** Does it, or asks first where something has to be said or confirmed. */
export const propose = (wanted: Question): void => {
  if (asks(wanted.verb, wanted.isAtWork)) question.value = wanted
  else void operate(wanted)
}
