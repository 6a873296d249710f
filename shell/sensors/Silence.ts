/**
 * Looks for signs of work of attempts that say nothing: processor time of their processes, and content of their directory
 * that is another. Neither costs a token, and neither is waited for.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import * as Activity from "../../core/agent/Activity.ts"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import type { TreeHash } from "../../core/execution/Execution.ts"
import { isChanged } from "../../core/execution/WorkProgress.ts"
import type { Task } from "../../core/task/Task.ts"
import { Trees } from "../git/Trees.ts"
import { Worktrees } from "../git/Worktrees.ts"
import { ownedBy } from "../process/OwnedSet.ts"
import type { ProcessTable } from "../process/ProcessTable.ts"

interface Signs {
  activity: Activity.Activity | null
  /** The content of the directory at the last look, and when that was. */
  tree: TreeHash | null
  lookedAt: number
  changedAt: number
}

interface Target {
  readonly task: Task
  readonly record: AttemptRecord
}

export const make = Effect.gen(function* () {
  const trees = yield* Trees
  const worktrees = yield* Worktrees
  const looks = yield* FiberMap.make<string>()
  const signs = new Map<string, Signs>()

  const signsOf = (marker: string): Signs => {
    const known = signs.get(marker)
    if (known !== undefined) return known
    const fresh: Signs = { activity: null, tree: null, lookedAt: 0, changedAt: 0 }
    signs.set(marker, fresh)
    return fresh
  }

  const work = (own: Signs, { record, task }: Target, table: ProcessTable, now: number): void => {
    const owned = ownedBy(table, { marker: record.marker, root: record.process ?? undefined })
    // Where the system does not tell there is no such sign.
    const usedMs = owned.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0), 0)
    own.activity =
      own.activity === null
        ? Activity.begin(usedMs, now)
        : Activity.observe(own.activity, usedMs, now, task.spec.inactivitySecs * 1000)
  }

  const look = ({ record, task }: Target) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const { tree } = yield* trees.look(worktrees.directoryOf(task))
      const own = signs.get(record.marker)
      if (own === undefined) return
      if (isChanged({ before: own.tree, after: tree })) own.changedAt = now
      own.tree = tree
      own.lookedAt = now
      // What can not be looked at gives no sign.
    }).pipe(Effect.ignore)

  return {
    /**
     * When the attempt was last seen at work, by anything but its words; `heardAt` is when it said something. The content of
     * its directory is looked at when half of the silence that would end it is over, and again a quarter later.
     */
    activeAt: Effect.fnUntraced(function* (target: Target, table: ProcessTable, heardAt: number, now: number) {
      const { marker } = target.record
      const own = signsOf(marker)
      work(own, target, table, now)
      const activeAt = Math.max(own.activity?.activeAt ?? 0, own.changedAt)
      const inactivityMs = target.task.spec.inactivitySecs * 1000
      const isSilent = now - Math.max(heardAt, activeAt) >= inactivityMs / 2
      const isDue = now - own.lookedAt >= inactivityMs / 4
      if (isSilent && isDue) yield* FiberMap.run(looks, marker, look(target), { onlyIfMissing: true })
      return activeAt
    }),
    forget: (marker: string): void => void signs.delete(marker)
  } as const
})
