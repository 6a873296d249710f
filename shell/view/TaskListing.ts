/** Tasks by their ids, a page at a time: however many there are, little of them is read at once. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Account } from "../../core/account/Account.ts"
import type { Policy } from "../../core/policy/Policy.ts"
import type { TaskState } from "../../core/stage/TaskState.ts"
import type { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import type { StoreError, StoreService } from "../store/Store.ts"
import * as FleetView from "./FleetView.ts"

export interface Wanted {
  /** Empty for all. */
  readonly states: ReadonlySet<TaskState>
  readonly batch: BatchId | null
  readonly after: TaskId | null
  readonly limit: number
}

export interface Page {
  readonly rows: ReadonlyArray<FleetView.Seen>
  /** After which task the next page begins; null where there is none. */
  readonly next: TaskId | null
  readonly isDraining: boolean
  readonly accounts: ReadonlyArray<Account>
}

/** Archived tasks are out of sight, unless a batch or a state is asked for. */
const shownColumns = ["backlog", "coding", "qa", "merge", "done", "closed"] as const

/** Tasks that are read at once: what else the process does is held up for no longer. */
const readAtOnce = 200

/** Tasks that are looked through for one page; it is a short one where few of them are wanted. */
const mostLookedThrough = 10_000

export const read = (
  store: StoreService,
  policy: Policy,
  { after, batch, limit, states }: Wanted
): Effect.Effect<Page, StoreError> =>
  Effect.gen(function* () {
    const isEverything = batch !== null || states.size > 0
    const filter = {
      ...(batch === null ? {} : { batch }),
      ...(isEverything ? {} : { pipelines: shownColumns })
    }
    const { tasks: atWork } = yield* store.overview(policy.maxConcurrent * 2)
    const rows: Array<FleetView.Seen> = []
    let from = after
    let looked = 0
    for (;;) {
      const most = Math.min(readAtOnce, states.size === 0 ? limit - rows.length + 1 : readAtOnce)
      const found = yield* store.tasks({ ...filter, ...(from === null ? {} : { after: from }), limit: most })
      const known = yield* FleetView.around(store, policy, yield* Clock.currentTimeMillis, found, atWork)
      const { see } = FleetView.make(known)
      for (const task of found) {
        if (rows.length === limit) {
          return { rows, next: from, isDraining: known.isDraining, accounts: known.accounts }
        }
        from = task.id
        const seen = see(task)
        if (states.size === 0 || states.has(seen.state)) rows.push(seen)
      }
      looked += found.length
      const isEnd = found.length < most
      if (isEnd || looked >= mostLookedThrough) {
        return { rows, next: isEnd ? null : from, isDraining: known.isDraining, accounts: known.accounts }
      }
      // Lets everybody else in.
      yield* Effect.sleep(0)
    }
  })
