/**
 * `drover status`: every task with its state, and why the waiting ones wait.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Policy } from "../../../core/policy/Policy.ts"
import type { TaskState } from "../../../core/stage/TaskState.ts"
import { Configuration } from "../../config/Configuration.ts"
import { Store } from "../../store/Store.ts"
import * as FleetView from "../FleetView.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as Screen from "../Screen.ts"
import * as Services from "../Services.ts"
import * as StateFilter from "../StateFilter.ts"
import * as Table from "../Table.ts"
import * as Tally from "../Tally.ts"
import * as TaskRow from "../TaskRow.ts"

/** Between two looks of `--watch`. */
const interval = "500 millis"

/** A supervisor whose heartbeat is older than this is taken for gone; its beats come every 5 s. */
const silentMs = 30_000

interface Wanted {
  readonly states: ReadonlySet<TaskState>
  readonly batch: Option.Option<string>
}

interface Listing {
  readonly rows: ReadonlyArray<FleetView.Seen>
  readonly isDraining: boolean
  readonly supervisor: { readonly pid: number; readonly host: string } | null
}

const empty: Listing = { rows: [], isDraining: false, supervisor: null }

/** Archived tasks are out of sight, unless a batch or a state is asked for. */
const shownColumns = ["backlog", "coding", "qa", "merge", "done", "closed"] as const

const read = (wanted: Wanted, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const now = yield* Clock.currentTimeMillis
    const known = yield* FleetView.read(store, policy, now)
    const batch = Option.isNone(wanted.batch) ? null : yield* Flags.findBatch(wanted.batch.value)
    const isEverything = batch !== null || wanted.states.size > 0
    const tasks = yield* store.tasks({
      ...(batch === null ? {} : { batch }),
      ...(isEverything ? {} : { pipelines: shownColumns })
    })
    const view = FleetView.make(known)
    const rows = tasks.map(view.see).filter(({ state }) => wanted.states.size === 0 || wanted.states.has(state))
    const present = Option.getOrNull(yield* store.supervisor)
    const isBeating = present !== null && present.endedAt === null && now - present.heartbeatAt < silentMs
    return {
      rows,
      isDraining: known.isDraining,
      supervisor: isBeating ? { pid: present.pid, host: present.host } : null
    }
  })

const render = ({ isDraining, rows, supervisor }: Listing) =>
  Effect.gen(function* () {
    const output = yield* Output
    const limit = output.size()?.columns ?? null
    if (rows.length === 0) return ["no tasks yet"]
    const table = Table.lines(TaskRow.columns, rows.map(TaskRow.cells), limit, TaskRow.dress(rows, output.hasColour))
    const isUnfinished = rows.some(({ state }) => state !== "DONE" && state !== "CANCELLED" && state !== "NEEDS_HUMAN")
    const remarks = [
      ...(isDraining ? ["draining: nothing new is admitted (drover undrain)"] : []),
      ...(supervisor === null && isUnfinished ? ["no supervisor is running: drover up starts one"] : [])
    ]
    return [...table, "", [Tally.line(rows), ...remarks].join(" · ")]
  })

const toJson = ({ isDraining, rows, supervisor }: Listing) => ({
  tasks: rows.map(TaskRow.toJson),
  draining: isDraining,
  supervisor
})

const options = {
  states: Options.text("state").pipe(
    Options.withDescription("Only tasks in that state; can be given several times"),
    Options.repeated
  ),
  batch: Flags.batch,
  watch: Options.boolean("watch").pipe(Options.withDescription("Show it again whenever it changes, until interrupted")),
  json: Flags.json
}

export const command = Command.make("status", options, ({ batch, json, states, watch }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const wanted = { states: yield* StateFilter.parse(states), batch }
    const { policy } = yield* Configuration
    const look = Effect.map(
      Services.ifStored(read(wanted, policy)),
      Option.getOrElse(() => empty)
    )
    if (!watch) {
      const listing = yield* look
      if (json) return yield* output.json(toJson(listing))
      const nothing = listing.rows.length === 0 && states.length > 0 ? ["no such tasks"] : null
      return yield* output.line((nothing ?? (yield* render(listing))).join("\n"))
    }
    const screen = Screen.make(output)
    let before = ""
    const step = Effect.gen(function* () {
      const listing = yield* look
      const lines = json ? [JSON.stringify(toJson(listing))] : yield* render(listing)
      const text = lines.join("\n")
      if (text === before) return
      before = text
      yield* output.isLive && !json ? screen.draw(lines) : output.line(text)
    })
    return yield* Effect.forever(Effect.zipRight(step, Effect.sleep(interval)))
  }).pipe(Effect.provide(Services.configuration), Effect.provide(Services.places))
)
