/** Tasks that were put away: they have no cards, and are looked for among those that have ended when somebody wants them. */
import { type Answer, ask, type Refusal } from "./Client.ts"

export type Row = Answer<"listTasks">["tasks"][number]

export interface Held {
  readonly rows: ReadonlyArray<Row>
  /** Where the listing goes on; null at its end. */
  readonly next: number | null
  readonly isWhole: boolean
}

export const none: Held = { rows: [], next: null, isWhole: false }

/** Tasks that are asked for at once: ended ones that are not archived are among them. */
const atOnce = 500
/** Questions until a person is shown what was found so far. */
const most = 10

const isArchived = ({ stage }: Row): boolean => stage.stage === "archived"

/** With so many rows at least, unless there are no more. */
export const more = async (held: Held, count: number): Promise<Held | Refusal> => {
  let { isWhole, next, rows } = held
  for (let asked = 0; asked < most && rows.length < count && !isWhole; asked++) {
    // Each goes on where the one before ended.
    const answer = await ask("listTasks", {
      query: { state: ["DONE", "CANCELLED"], limit: atOnce, ...(next === null ? {} : { after: next }) }
    })
    if (!answer.ok) return answer.why
    rows = [...rows, ...answer.value.tasks.filter(isArchived)]
    ;({ next } = answer.value)
    isWhole = next === null
  }
  return { rows, next, isWhole }
}
