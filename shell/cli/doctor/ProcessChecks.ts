/** What `drover doctor` says of the processes that carry a marker of drover's. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type AttemptRecord, Marker } from "../../../core/execution/AttemptRecord.ts"
import type { Execution } from "../../../core/execution/Execution.ts"
import { Processes } from "../../process/Processes.ts"
import { isAlive, type ProcessEntry } from "../../process/ProcessTable.ts"
import { Store, type StoreService } from "../../store/Store.ts"
import * as Services from "../Services.ts"
import { bad, good } from "./Check.ts"

/** Of an attempt, or of a run of a verifier: `<attempt>.v7`. */
const parse = (text: string): { readonly marker: Marker; readonly run: number | null } | null => {
  const [, attempt, run] = /^([0-9a-f]{32})(?:\.v([1-9][0-9]*))?$/.exec(text) ?? []
  const marker = Schema.decodeUnknownOption(Marker)(attempt)
  return Option.isNone(marker) ? null : { marker: marker.value, run: run === undefined ? null : Number(run) }
}

/** The run that a task is at: the end of its attempt is behind it, and a run that was broken off has no end in its row. */
const runOf = (execution: Execution): number | null => {
  if (execution._tag === "Verifying") return execution.run
  return execution._tag === "Stopping" && execution.subject._tag === "Verifiers" ? execution.subject.run : null
}

const isOver = (store: StoreService, record: AttemptRecord, run: number | null) =>
  run === null
    ? Effect.succeed(record.endedAt !== null)
    : Effect.map(store.task(record.task), (task) => Option.isNone(task) || runOf(task.value.execution) !== run)

type Standing = "at work" | "left over" | "foreign"

const standingOf = (entry: ProcessEntry) =>
  Effect.gen(function* () {
    const store = yield* Store
    const found = parse(entry.marker ?? "")
    const record = found === null ? Option.none() : yield* store.attemptByMarker(found.marker)
    if (found === null || Option.isNone(record)) return "foreign"
    return (yield* isOver(store, record.value, found.run)) ? "left over" : "at work"
  })

const marked = Effect.map(Effect.flatten(Effect.map(Processes, ({ snapshot }) => snapshot)), ({ processes }) =>
  processes.filter((entry) => entry.marker !== null && isAlive(entry))
)

export const agents = Effect.gen(function* () {
  const seen = yield* marked
  const known = yield* Services.ifStored(Effect.forEach(seen, standingOf))
  const standings: ReadonlyArray<Standing> = Option.getOrElse(known, () => seen.map(() => "foreign" as const))
  const count = (standing: Standing): number => standings.filter((each) => each === standing).length
  const foreign = count("foreign")
  const detail = [
    `${count("at work")} processes of attempts`,
    ...(foreign === 0 ? [] : [`${foreign} that this store does not know (another state directory's?)`])
  ].join(", ")
  if (count("left over") === 0) return good("agents", detail)
  // Between the two looks an attempt may have ended, and its processes with it.
  const now = new Set((yield* marked).map(({ pid, startTime }) => `${pid} ${startTime}`))
  const left = seen.filter(
    ({ pid, startTime }, index) => standings[index] === "left over" && now.has(`${pid} ${startTime}`)
  )
  if (left.length === 0) return good("agents", detail)
  const pids = left.map(({ pid }) => pid).join(" ")
  return bad("agents", `${left.length} outlived their attempt: ${pids}`, `look at them, then: kill ${pids}`)
})
