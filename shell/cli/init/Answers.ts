/** What `drover init` needs to know, and what flags have said of it. */
import type * as Option from "effect/Option"
import type { Agent, Scope } from "../../hooks/SettingsPlaces.ts"

export interface Answers {
  /** The vendors' programs that are to work. */
  readonly agents: ReadonlyArray<Agent>
  /** Where their hooks are installed; null for nowhere. */
  readonly hooks: Scope | null
  /** Null: it is not to be written. */
  readonly maxConcurrent: number | null
  readonly unit: boolean
  readonly taskFile: boolean
}

/** None where nobody has said it yet. */
export type Given = { readonly [K in keyof Answers]: Option.Option<Answers[K]> }
