/**
 * `drover guards`: how every protection stands, and why.
 */
import * as Command from "@effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Noted } from "../../../core/guard/Survey.ts"
import { Store } from "../../store/Store.ts"
import * as Flags from "../Flags.ts"
import * as GuardView from "../GuardView.ts"
import * as GuardRows from "../../view/GuardRows.ts"
import * as Moment from "../../view/Moment.ts"
import { Output } from "../Output.ts"
import * as PresentSupervisor from "../../view/PresentSupervisor.ts"
import * as Services from "../Services.ts"
import * as SupervisorSocket from "../SupervisorSocket.ts"
import * as Table from "../Table.ts"

/** Notes are written anew every minute; older ones mean that nobody looks. */
const oldMs = 150_000

interface Stored {
  /** As a supervisor has them in memory; null where none says so. */
  readonly live: ReadonlyArray<GuardRows.Seen> | null
  readonly notes: ReadonlyArray<Noted>
  readonly supervisor: { readonly pid: number; readonly host: string } | null
}

const nothing: Stored = { live: null, notes: [], supervisor: null }

const read = Effect.gen(function* () {
  const store = yield* Store
  const found: Stored = { live: null, notes: yield* store.guards, supervisor: yield* PresentSupervisor.read(store) }
  return found
})

/** Of a supervisor that answers, else what the last one has noted. */
const look = Effect.gen(function* () {
  const asked = yield* SupervisorSocket.get("/guards", async () => {
    const { GuardReport } = await import("../../http/api/FleetWire.ts")
    return GuardReport
  })
  if (asked._tag !== "Answered") return Option.getOrElse(yield* Services.ifStored(read), () => nothing)
  const { guards, supervisor } = asked.value
  const found: Stored = { live: guards.map(GuardRows.fromJson), notes: [], supervisor }
  return found
})

/** What the table can not say: who looks, how long ago that was, and what the next start will change. */
const remarks = ({ live, notes, supervisor }: Stored, next: ReadonlyArray<GuardRows.Seen>, now: number) => {
  if (live !== null) return []
  const at = notes.length === 0 ? null : Math.max(...notes.map((note) => note.at))
  const age = at === null ? null : now - at
  if (supervisor !== null) {
    return age !== null && age < oldMs ? [] : ["the supervisor has not looked at its guards for long: see its log"]
  }
  const changed = next.filter(({ isOn, key }) => notes.some((note) => note.key === key && note.isOn !== isOn))
  return [
    age === null
      ? "no supervisor is running, and none has looked at the guards yet: drover up starts one"
      : `no supervisor is running: guards stood so ${Moment.length(age)} ago; drover up starts one`,
    ...changed.map(({ isOn, key, reason }) => `at the next start ${key} is ${isOn ? "on" : `off (${reason})`}`)
  ]
}

export const command = Command.make("guards", { json: Flags.json }, ({ json }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const config = yield* Services.guards
    const now = yield* Clock.currentTimeMillis
    const stored = yield* look
    const rows = stored.live ?? GuardRows.seen(stored.notes, config, now)
    const next = GuardRows.seen([], config, now)
    if (json) {
      return yield* output.json({
        guards: rows.map(GuardRows.toJson),
        summary: GuardRows.summary(rows),
        supervisor: stored.supervisor
      })
    }
    const table = Table.lines(
      GuardView.columns,
      rows.map(GuardView.cells(now)),
      output.size()?.columns ?? null,
      GuardView.dress(rows, output.hasColour)
    )
    const more = remarks(stored, next, now)
    yield* output.line([...table, ...(more.length === 0 ? [] : ["", ...more])].join("\n"))
  }).pipe(Effect.provide(Services.places))
)
