/** The world that the adapters of this process belong to: one at a time, as modules have no parameters. */
import type { IFs } from "memfs"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import type { Action } from "../../../core/tick/Action.ts"
import type { Ancestry } from "../../../shell/process/Ancestry.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"
import type { Loop } from "../kernel/Loop.ts"

/** What a program that somebody has started knows of that. */
export interface Caller {
  readonly input: string
  readonly ancestry: Ancestry
  /** Whether that process is proved to be gone. */
  readonly isGone: (identity: ProcessIdentity) => boolean
}

export interface Universe {
  readonly loop: Loop
  /** For what programs take from the system's source of randomness. */
  readonly dice: Dice
  readonly disk: IFs
  /** Where the database of a path really lies. */
  readonly databaseOf: (path: string) => string
  /** Called after each transaction that a process has committed. */
  readonly onCommit: () => void
  /** Who has started the current process. */
  readonly caller: () => Caller
  /** Called as the current process begins with an action. */
  readonly onDecided: (action: Action) => void
}

let present: Universe | null = null

export const enter = (universe: Universe): void => {
  present = universe
}

export const universe = (): Universe => {
  if (present === null) throw new Error("no world was entered")
  return present
}
