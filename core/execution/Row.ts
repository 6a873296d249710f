/**
 * The rows that the execution machine is written in, and what a step comes to.
 *
 * "Idle and X": a row ends in Idle and brings a change of stage (its consequence) that belongs in the same transaction; where the
 * stage machine refuses it, it is dropped and Idle stands.
 */
import type * as Table from "../machine/Table.ts"
import type { BlockReason } from "../stage/BlockReason.ts"
import type { MergeFailureKind } from "../stage/MergeFailureKind.ts"
import type { Work } from "../stage/StageEvent.ts"
import { type Execution, idle, type Of, type Tag } from "./Execution.ts"
import type * as Event from "./ExecutionEvent.ts"

/** The change of stage that an execution's end asks for. */
export type Consequence =
  | { readonly _tag: "Block"; readonly reason: BlockReason }
  | { readonly _tag: "Passed"; readonly verified: boolean; readonly work: Work | null; readonly at: number }
  | { readonly _tag: "GatesFailed"; readonly feedback: string }
  | { readonly _tag: "Landed"; readonly commit: string; readonly at: number }
  | { readonly _tag: "MergeFailed"; readonly kind: MergeFailureKind | null }

export type Step =
  | { readonly _tag: "Next"; readonly execution: Execution; readonly consequence: Consequence | null }
  | { readonly _tag: "Ignored" }
  | { readonly _tag: "IllegalExecution"; readonly execution: Execution; readonly event: Event.ExecutionEvent }

/** Leaves the stage alone. */
interface Move {
  readonly consequence: null
  /**
   * For an execution of `from` and an event `on` alone, which `step` finds by the index and which nothing need check a
   * second time. A method, so that a row may take just those.
   */
  apply(execution: Execution, event: Event.ExecutionEvent): Execution | null
}

/** Ends in Idle, and brings that change of stage. */
interface End {
  readonly consequence: Consequence["_tag"]
  apply(execution: Execution, event: Event.ExecutionEvent): Consequence | null
}

/** One row; `apply` answers null when its condition does not hold. */
export type Row = Table.Row<Tag, Event.Tag> & (Move | End)

/** A row that leaves the stage alone. */
export const row = <F extends Tag, E extends Event.Tag, T extends Tag>(
  from: ReadonlyArray<F>,
  on: E,
  to: T,
  apply: (execution: Of<F>, event: Event.Of<E>) => Of<T> | null
): Row => ({ from, on, to: [to], when: null, consequence: null, apply })

/** A row that ends in Idle and changes the stage. */
export const end = <F extends Tag, E extends Event.Tag, C extends Consequence["_tag"]>(
  from: ReadonlyArray<F>,
  on: E,
  consequence: C,
  apply: (execution: Of<F>, event: Event.Of<E>) => Extract<Consequence, { readonly _tag: C }> | null
): Row => ({ from, on, to: ["Idle"], when: null, consequence, apply })

/** What a row makes of an execution and an event that it is for; null when its condition does not hold. */
export const taken = (row: Row, execution: Execution, event: Event.ExecutionEvent): Step | null => {
  if (row.consequence === null) {
    const next = row.apply(execution, event)
    return next === null ? null : { _tag: "Next", execution: next, consequence: null }
  }
  const consequence = row.apply(execution, event)
  return consequence === null ? null : { _tag: "Next", execution: idle, consequence }
}
