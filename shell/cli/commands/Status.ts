/**
 * `drover status`: every task with its state, and why the waiting ones wait; or what all of them have cost.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Account } from "../../../core/account/Account.ts"
import type { Policy } from "../../../core/policy/Policy.ts"
import type { TaskState } from "../../../core/stage/TaskState.ts"
import { type AttentionItem, Store } from "../../store/Store.ts"
import * as AccountLine from "../AccountLine.ts"
import * as AccountJson from "../../view/AccountJson.ts"
import * as AttentionView from "../AttentionView.ts"
import { paint } from "../Colour.ts"
import * as CostTable from "../CostTable.ts"
import { UsageError } from "../ExitCode.ts"
import * as FleetView from "../../view/FleetView.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import * as PresentSupervisor from "../../view/PresentSupervisor.ts"
import * as Screen from "../Screen.ts"
import * as Services from "../Services.ts"
import * as StateFilter from "../StateFilter.ts"
import * as Table from "../Table.ts"
import * as Tally from "../Tally.ts"
import * as TaskRow from "../TaskRow.ts"
import * as TaskJson from "../../view/TaskJson.ts"

/** Between two looks of `--watch`. */
const interval = "500 millis"

interface Wanted {
  readonly states: ReadonlySet<TaskState>
  readonly batch: Option.Option<string>
}

interface Listing {
  readonly rows: ReadonlyArray<FleetView.Seen>
  readonly tally: string
  /** How many tasks there are beside those in the rows. */
  readonly left: number
  readonly isDraining: boolean
  readonly accounts: ReadonlyArray<Account>
  /** What needs a person, of tasks and of all else. */
  readonly attention: ReadonlyArray<AttentionItem>
  /** What holds accounts up, one line each. */
  readonly held: ReadonlyArray<string>
  readonly supervisor: { readonly pid: number; readonly host: string } | null
}

const empty: Listing = {
  rows: [],
  tally: "",
  left: 0,
  isDraining: false,
  accounts: [],
  attention: [],
  held: [],
  supervisor: null
}

/** More rows than this are read by programs alone; people are shown the most telling ones. */
const mostRows = 50

const accountsOf = ({ accounts, attention, now, policy: { maxConcurrent } }: FleetView.Known) => ({
  accounts,
  attention,
  held: accounts.flatMap((account) => AccountLine.describe(account, { now, maxConcurrent }) ?? [])
})

/** The most telling tasks of all, and how many there are. */
const readSome = (policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const now = yield* Clock.currentTimeMillis
    const { standings, tasks } = yield* store.overview(mostRows)
    const known = yield* FleetView.around(store, policy, now, tasks, [])
    const rows = tasks.toSorted((a, b) => a.id - b.id).map(FleetView.make(known).see)
    const left = standings.reduce((sum, { count }) => sum + count, 0) - rows.length
    const tally = left === 0 ? Tally.line(rows) : Tally.lineOf(standings)
    const supervisor = yield* PresentSupervisor.read(store)
    return { rows, tally, left, isDraining: known.isDraining, ...accountsOf(known), supervisor }
  })

/** Archived tasks are out of sight, unless a batch or a state is asked for. */
const shownColumns = ["backlog", "coding", "qa", "merge", "done", "closed"] as const

/** Every task that is asked for. */
const readAll = (wanted: Wanted, policy: Policy) =>
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
    const seen = tasks.map(FleetView.make(known).see)
    const rows = seen.filter(({ state }) => wanted.states.size === 0 || wanted.states.has(state))
    const supervisor = yield* PresentSupervisor.read(store)
    return { rows, tally: Tally.line(rows), left: 0, isDraining: known.isDraining, ...accountsOf(known), supervisor }
  })

const render = ({ attention, held, isDraining, left, rows, supervisor, tally }: Listing) =>
  Effect.gen(function* () {
    const output = yield* Output
    const limit = output.size()?.columns ?? null
    const needed = AttentionView.tally(attention)
    const people = needed === null ? [] : [needed]
    if (rows.length === 0) return ["no tasks yet", ...people]
    const table = Table.lines(TaskRow.columns, rows.map(TaskRow.cells), limit, TaskRow.dress(rows, output.hasColour))
    const isUnfinished = rows.some(({ state }) => state !== "DONE" && state !== "CANCELLED" && state !== "NEEDS_HUMAN")
    const remarks = [
      ...(isDraining ? ["draining: nothing new is admitted (drover undrain)"] : []),
      ...(supervisor === null && isUnfinished ? ["no supervisor is running: drover up starts one"] : [])
    ]
    const more = left === 0 ? [] : [`… and ${left} more: --all, --state or --batch shows them`]
    return [...table, ...more, "", [tally, ...remarks].join(" · "), ...held, ...people]
  })

const toJson = ({ accounts, attention, isDraining, rows, supervisor }: Listing) => ({
  tasks: rows.map(TaskJson.toJson),
  accounts: accounts.map(AccountJson.toJson),
  attention: {
    open: attention.length,
    acknowledged: attention.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length
  },
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
  all: Options.boolean("all").pipe(
    Options.withDescription(`Every task, however many; without it the ${mostRows} most telling`)
  ),
  costs: Options.boolean("costs").pipe(
    Options.withDescription("What accounts and batches have cost, archived tasks too; not yet what runs")
  ),
  json: Flags.json
}

/** What every task has cost that is stored, or every task of a batch. */
const showCosts = (batch: Option.Option<string>, json: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const read = Effect.gen(function* () {
      const store = yield* Store
      return yield* store.costs(Option.isNone(batch) ? undefined : yield* Flags.findBatch(batch.value))
    })
    const shares = Option.getOrElse(yield* Services.ifStored(read), () => [])
    if (json) return yield* output.json(CostTable.toJson(shares))
    const dress: Table.Dress = (text, row) => (output.hasColour && row < 0 ? paint(text, "dim") : text)
    return yield* output.line(CostTable.lines(shares, output.size()?.columns ?? null, dress).join("\n"))
  })

export const command = Command.make("status", options, ({ all, batch, costs, json, states, watch }) =>
  Effect.gen(function* () {
    if (costs) {
      if (!all && !watch && states.length === 0) return yield* showCosts(batch, json)
      return yield* new UsageError({ message: "--costs stands alone, or with --batch and --json" })
    }
    const output = yield* Output
    const wanted = { states: yield* StateFilter.parse(states), batch }
    const policy = yield* Services.policy
    const isSome = !all && !json && wanted.states.size === 0 && Option.isNone(batch)
    const look = Effect.map(
      Services.ifStored(isSome ? readSome(policy) : readAll(wanted, policy)),
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
  }).pipe(Effect.provide(Services.places))
)
