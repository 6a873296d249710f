/**
 * `drover down`: ends the running supervisor and waits until it is gone.
 */
import * as Command from "@effect/cli/Command"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { LockRecord } from "../../ownership/LockRecord.ts"
import { Ownership } from "../../ownership/Ownership.ts"
import { isLive } from "../../../core/execution/Execution.ts"
import { Store } from "../../store/Store.ts"
import * as Supervising from "../Supervising.ts"
import { ExitWith, Failed, refused } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Services from "../Services.ts"

/** How often and how long it is looked whether the supervisor is gone; stopping agents takes as long as they resist. */
const intervalMs = 100
const patienceMs = { leave: 30_000, stop: 150_000 } as const

const signal = ({ process: { pid } }: LockRecord, name: "SIGTERM" | "SIGUSR2") =>
  Effect.try({
    try: () => {
      process.kill(pid, name)
    },
    catch: (cause) => new Failed({ message: `process ${pid} can not be told to end: ${String(cause)}` })
  })

const isGone = (record: LockRecord) =>
  Effect.gen(function* () {
    const ownership = yield* Ownership
    const holder = yield* ownership.holder
    return Option.isNone(holder) || holder.value.record.owner !== record.owner || holder.value.state === "Dead"
  })

const end = (isStopping: boolean) =>
  Effect.gen(function* () {
    const ownership = yield* Ownership
    const output = yield* Output
    const holder = Option.getOrNull(yield* ownership.holder)
    if (holder === null || holder.state === "Dead") return null
    const { record } = holder
    const who = `process ${record.process.pid} on ${record.process.host}`
    if (holder.state === "Unknown") {
      yield* output.error(`the supervisor is ${who}, which can not be seen from here: end it there`)
      return yield* new ExitWith({ code: refused })
    }
    yield* signal(record, isStopping ? "SIGUSR2" : "SIGTERM")
    const patience = isStopping ? patienceMs.stop : patienceMs.leave
    let left = patience / intervalMs
    while (!(yield* isGone(record))) {
      if (left-- <= 0) {
        return yield* new Failed({ message: `${who} was told to end ${patience / 1000} s ago and still runs` })
      }
      yield* Effect.sleep(intervalMs)
    }
    return record
  })

/** Agents that no supervisor watches are stopped by one that begins for that alone. */
const stopUnsupervised = Effect.gen(function* () {
  const store = yield* Store
  const { tasks } = yield* store.open
  const live = tasks.filter(({ execution }) => isLive(execution)).length
  if (live === 0) return 0
  const stopAgents = yield* Deferred.make<void>()
  yield* Deferred.succeed(stopAgents, undefined)
  yield* Supervising.whenFree({ onReady: Effect.void, stopAgents }, () => Effect.succeed(false))
  return live
})

const options = { stopAgents: Flags.stopAgents("Stop every agent first; without it they go on"), json: Flags.json }

export const command = Command.make("down", options, ({ json, stopAgents }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const record = yield* Effect.provide(end(stopAgents), Services.ownership)
    const pid = record?.process.pid ?? null
    const isAlone = stopAgents && pid === null && (yield* Services.isStored)
    const stopped = isAlone ? yield* Effect.provide(stopUnsupervised, Supervising.layer) : 0
    if (json) return yield* output.json({ ended: pid !== null, pid, agents_stopped: stopAgents })
    const rest = stopAgents ? "every agent is stopped" : "its agents go on"
    const alone = stopped === 0 ? "" : `; agents of ${stopped === 1 ? "1 task" : `${stopped} tasks`} were stopped`
    yield* output.line(
      pid === null ? `no supervisor is running${alone}` : `the supervisor (process ${pid}) has ended; ${rest}`
    )
  }).pipe(Effect.provide(Services.places))
)
