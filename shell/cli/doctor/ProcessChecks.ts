/** What `drover doctor` says of the processes that carry a marker of drover's. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { Processes } from "../../process/Processes.ts"
import { isAlive } from "../../process/ProcessTable.ts"
import { Store } from "../../store/Store.ts"
import * as Services from "../Services.ts"
import { bad, good } from "./Check.ts"

/** The marker of an attempt, without the run of a verifier. */
const attemptMarker = (marker: string): string => marker.split(".")[0] ?? marker

export const agents = Effect.gen(function* () {
  const processes = yield* Processes
  const table = yield* processes.snapshot
  const marked = table.processes.filter((entry) => entry.marker !== null && isAlive(entry))
  const known = yield* Services.ifStored(
    Effect.gen(function* () {
      const store = yield* Store
      return yield* Effect.forEach(marked, (entry) =>
        Effect.gen(function* () {
          const marker = Schema.decodeOption(Marker)(attemptMarker(entry.marker ?? ""))
          const record = Option.isNone(marker) ? Option.none() : yield* store.attemptByMarker(marker.value)
          return { pid: entry.pid, record: Option.getOrNull(record) }
        })
      )
    })
  )
  const found = Option.getOrElse(known, () => marked.map(({ pid }) => ({ pid, record: null })))
  const own = found.filter(({ record }) => record !== null)
  const leftovers = own.filter(({ record }) => record !== null && record.endedAt !== null)
  const foreign = found.length - own.length
  const detail = [
    `${own.length - leftovers.length} processes of attempts`,
    ...(foreign === 0 ? [] : [`${foreign} that this store does not know (another state directory's?)`])
  ].join(", ")
  if (leftovers.length === 0) return good("agents", detail)
  const pids = leftovers.map(({ pid }) => pid).join(" ")
  return bad("agents", `${leftovers.length} outlived their attempt: ${pids}`, `look at them, then: kill ${pids}`)
})
