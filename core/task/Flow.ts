/**
 * Which stages a task passes: who judges its work, whether it is merged, and whether it starts by itself.
 */
import * as Schema from "effect/Schema"

export const Flow = Schema.Struct({
  /** `server`: the verifiers alone; `agent`: then a QA agent; `human`: then a person. */
  qa: Schema.Literal("server", "agent", "human"),
  /** `none` for work that changes no repository, or is done in place. */
  merge: Schema.Literal("squash", "none"),
  start: Schema.Literal("auto", "manual")
})
export type Flow = typeof Flow.Type

export const defaultFlow: Flow = { qa: "server", merge: "none", start: "auto" }
