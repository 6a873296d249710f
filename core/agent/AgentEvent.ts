/**
 * What one line of an agent's output says, whichever vendor's it is. A parser for each vendor makes these (`vendor/`),
 * from the line alone; `AgentStream` adds them up.
 */
import type { Trouble } from "../execution/Limit.ts"
import type { Report } from "../execution/Spend.ts"
import { idAt, type Json } from "./Json.ts"

export type AgentEvent =
  /** The conversation has this id. */
  | { readonly _tag: "Session"; readonly session: string }
  /** The conversation that was to be resumed does not exist; an id beside it means nothing. */
  | { readonly _tag: "NoSession" }
  /** The model is at a turn with that id; null: at one that has none. */
  | { readonly _tag: "Turn"; readonly id: string | null }
  | { readonly _tag: "Said"; readonly text: string }
  /**
   * A tool began. `id` null: nothing will tell when it ends, or it has ended. `turn` null: the vendor does not say which
   * tools belong to one turn.
   */
  | { readonly _tag: "ToolStarted"; readonly id: string | null; readonly turn: string | null }
  /** A file was read, by the path that was given. */
  | { readonly _tag: "FileRead"; readonly path: string }
  | { readonly _tag: "ToolEnded"; readonly id: string }
  /** What it cost, in all so far (`total`) or this step alone. */
  | { readonly _tag: "Spent"; readonly of: "total" | "step"; readonly report: Report }
  /** What the plan allows: soft words stop nothing. `resetsAt`: epoch milliseconds, null where it was not told. */
  | { readonly _tag: "Window"; readonly status: string; readonly resetsAt: number | null; readonly isUsage: boolean }
  /** The program waits and tries again by itself; `delayMs` is null where it does not say for how long. */
  | { readonly _tag: "Retries"; readonly trouble: Trouble; readonly delayMs: number | null }
  /** The provider did not answer, and the program has given up. `waitMs`: when it may be asked again, where it says so. */
  | { readonly _tag: "Refused"; readonly trouble: Trouble; readonly waitMs: number | null }
  /** A record that says how it went; the last one counts. `text` null: it says no more than that. */
  | { readonly _tag: "Result"; readonly isError: boolean; readonly text: string | null }

export const filesRead = (paths: ReadonlyArray<string>): ReadonlyArray<AgentEvent> =>
  paths.map((path) => ({ _tag: "FileRead", path }))

/** The event of the id in that field, where there is one; none otherwise. */
export const sessionEvents = (json: Json, name: string): ReadonlyArray<AgentEvent> => {
  const session = idAt(json, name)
  return session === null ? [] : [{ _tag: "Session", session }]
}
