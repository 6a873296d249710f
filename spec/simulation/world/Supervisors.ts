/** The production supervisor, started in the simulation as a process of its own, and persons' commands beside it. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as MailHook from "../../../shell/cli/MailHook.ts"
import { Output } from "../../../shell/cli/Output.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Guards from "../../../shell/guards/Guards.ts"
import * as HeldTasks from "../../../shell/metrics/HeldTasks.ts"
import * as FileOwnership from "../../../shell/ownership/FileOwnership.ts"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import type { Store } from "../../../shell/store/Store.ts"
import { Cadence, type Intervals } from "../../../shell/config/Cadence.ts"
import * as Live from "../../../shell/supervisor/Live.ts"
import { Supervisor } from "../../../shell/supervisor/Supervisor.ts"
import { Process } from "../kernel/Loop.ts"
import type { Config } from "./Config.ts"
import type { Hooks } from "./Hooks.ts"
import * as Time from "../kernel/Time.ts"
import * as Services from "./Services.ts"

export interface Setting extends Services.Surroundings {
  readonly places: Places.PlacesService
  readonly config: Config
  readonly hooks: Hooks
}

/** Days must pass in seconds: it looks less often for what nobody tells it. */
const intervals: Intervals = {
  store: 60_000,
  attempts: 90_000,
  runs: 45_000,
  guards: 300_000,
  heartbeat: 300_000,
  promises: 300_000,
  sessions: 60_000,
  archival: 600_000,
  retention: 1_800_000
}

/** Repositories here say nothing of themselves. */
const noFiles = FileSystem.layerNoop({ exists: () => Effect.succeed(false) })

/** As it is when a supervisor starts. */
const configuration = ({ claims, guards, guardsNow, policy }: Config) =>
  Layer.succeed(Configuration.Configuration, {
    ...Configuration.defaults,
    file: "/config.toml",
    policy,
    claims,
    guards,
    guardsNow,
    searchPath: "/bin"
  })

/** Runs in that process, by the simulation's time. */
const run = <A, E>(
  setting: Setting,
  process: Process,
  effect: Effect.Effect<A, E>,
  onEnd: (exit: Exit.Exit<A, E>) => void
) => {
  const { host, loop } = setting
  const timed = Effect.withClock(effect, Time.clock(loop, process, host.wall))
  loop.post(process, () => {
    const quiet = Effect.provide(timed, Logger.remove(Logger.defaultLogger))
    const fiber = Effect.runFork(quiet, { scheduler: Time.scheduler(loop, process) })
    fiber.addObserver((exit) => onEnd(exit))
  })
}

const store = ({ places }: Setting) => SqlStore.layer({ file: places.database })

/** `onEnd`: it ended by itself, or was refused. */
export const supervise = (setting: Setting, name: string, onEnd: (why: string) => void): Process => {
  const process = new Process(name)
  const { config, places } = setting
  const layer = Live.layer.pipe(
    Layer.provide(Layer.mergeAll(FileOwnership.layer, Guards.layer, setting.hooks.layer)),
    Layer.provide(Services.layer(setting, process)),
    Layer.provide(configuration(config)),
    Layer.provide(Layer.succeed(Cadence, intervals)),
    Layer.provide(store(setting)),
    Layer.provide(noFiles),
    Layer.provide(Layer.succeed(Places.Places, places)),
    Layer.provide(Layer.succeed(HeldTasks.HeldTasks, HeldTasks.make()))
  )
  const effect = Effect.gen(function* () {
    const { supervise } = yield* Supervisor
    return yield* supervise({ onReady: Effect.void, stopAgents: yield* Deferred.make<void>() })
  }).pipe(Effect.provide(layer), Effect.scoped)
  run(setting, process, effect, (exit) => {
    process.kill()
    onEnd(Exit.isFailure(exit) ? exit.cause.toString() : "it ended")
  })
  return process
}

/** What a hook has done. */
export interface Answered {
  /** What it has printed, null where nothing. */
  readonly printed: string | null
  /** It ran to its end, and nothing was in its way. */
  readonly isWhole: boolean
}

const Decision = Schema.Struct({ decision: Schema.Literal("block"), reason: Schema.String })
const isDecision = Schema.is(Decision)

/** A hook of a session with a role, as its program runs it. `onEnd` is called once, however it ends. */
export const hook = (
  setting: Setting,
  name: string,
  { hook, role }: { readonly hook: string; readonly role: string },
  onEnd: (answered: Answered) => void
): Process => {
  const process = new Process(name)
  const { loop, places } = setting
  let printed: string | null = null
  let isQuiet = true
  let hasEnded = false
  const end = (isWhole: boolean): void => {
    if (hasEnded) return
    hasEnded = true
    loop.post(null, () => onEnd({ printed, isWhole }))
  }
  process.onDeath.push(() => end(false))
  const output = Layer.succeed(Output, {
    isLive: false,
    hasColour: false,
    size: () => null,
    line: () => Effect.void,
    raw: () => Effect.void,
    json: (value) =>
      Effect.sync(() => {
        loop.step({ kind: "print", what: name })
        if (isDecision(value)) printed = value.reason
      }),
    error: () => Effect.sync(() => void (isQuiet = false))
  })
  const effect = MailHook.answer(hook, { DROVER_MAILBOX: role }).pipe(
    Effect.provide(Layer.merge(output, Layer.succeed(Places.Places, places)))
  )
  run(setting, process, effect, (exit) => {
    end(isQuiet && Exit.isSuccess(exit))
    process.kill()
  })
  return process
}

/** A person's command: one use of the store, which may fail as theirs may. */
export const command = <A, E>(
  setting: Setting,
  name: string,
  effect: Effect.Effect<A, E, Store>,
  onEnd: (exit: Exit.Exit<A, unknown>) => void = () => undefined
): void => {
  const process = new Process(name)
  run(setting, process, effect.pipe(Effect.provide(store(setting)), Effect.scoped), (exit) => {
    process.kill()
    onEnd(exit)
  })
}
