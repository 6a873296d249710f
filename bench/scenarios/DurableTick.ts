/**
 * T8: a tick with a thousand actions, until the moves of all of them are durable: what to do is decided, core's rules are
 * applied, the rows are made and written. The reference writes as many moves of the smallest ledger in one transaction.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Policy from "../../core/policy/Policy.ts"
import * as Reconciler from "../../core/tick/Reconciler.ts"
import { unobserved } from "../../core/tick/World.ts"
import { median } from "../harness/Statistics.ts"
import * as RawLedger from "../references/RawLedger.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import * as Life from "../workload/Life.ts"
import { withStore } from "../workload/Stores.ts"
import { epoch, groupsOf, submissionOf } from "../workload/Tasks.ts"
import { textsOfLife } from "./Lifecycle.ts"

const moves = 1000
const warmUp = 2
const batchSize = 100
const ticksOf = ({ isQuick }: Place): number => (isQuick ? 6 : 18)

/** Milliseconds of each tick. */
const ticks = (directory: string, count: number): Promise<ReadonlyArray<number>> =>
  withStore(join(directory, "store.db"), (store) =>
    Effect.gen(function* () {
      const supervisor = yield* store.takeEpoch({ host: "host", pid: 1, at: epoch })
      for (let first = 0; first < count * moves; first += batchSize) {
        yield* store.submit(submissionOf(first, batchSize))
      }
      const reconciler = Reconciler.make({
        policy: Policy.defaults,
        isDraining: false,
        pressure: null,
        accounts: []
      })
      const took: Array<number> = []
      for (const group of groupsOf(yield* store.tasks({}), moves)) {
        const changed = group.map((task) => unobserved(task, []))
        const begun = performance.now()
        const { actions } = reconciler.advance({ tasks: changed }, epoch)
        const byId = new Map(group.map((task) => [task.id, task]))
        const changes = actions.flatMap((action) => {
          const task = byId.get(action.task)
          return task === undefined ? [] : [Life.carryOut(Life.born(task), action, supervisor).change]
        })
        const written = yield* store.writeAll(changes)
        took.push(performance.now() - begun)
        const refused = written.find(Either.isLeft)
        if (refused !== undefined) return yield* refused.left
        if (written.length !== moves) return yield* Effect.dieMessage(`${written.length} of ${moves} were written`)
      }
      return took
    })
  )

const subject = async (place: Place): Promise<Sample> => {
  const took = await ticks(place.directory, warmUp + ticksOf(place))
  return only(median(took.slice(warmUp)))
}

const raw = async (place: Place): Promise<Sample> => {
  const life = await textsOfLife(join(place.directory, "texts.db"))
  return only(RawLedger.groupMs(join(place.directory, "ledger.db"), moves, warmUp + ticksOf(place), warmUp, life))
}

export const durableTick: Scenario = {
  id: "T8",
  title: "a tick with 1,000 actions, until all of their moves are durable",
  kind: "disk",
  unit: "ms",
  better: "lower",
  subjectIs: "process",
  subject: { name: "Reconciler and Store", run: subject },
  references: [{ name: "raw ledger, 1,000 in a transaction", run: raw }],
  goals: [{ id: "T8", reference: "raw ledger, 1,000 in a transaction", relation: "atMost", limit: 2 }]
}
