/** Waits until a run is over, by looking: one that was adopted is nobody's child here. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Ending } from "../../core/verify/Verdict.ts"
import { Cadence } from "../config/Cadence.ts"
import * as Exit from "../process/Exit.ts"
import { Processes } from "../process/Processes.ts"
import { isAlive } from "../process/ProcessTable.ts"
import * as StartToken from "../process/StartToken.ts"
import type { Output } from "./Output.ts"
import { type Cut, noteCut, readCut } from "./RunFolder.ts"

/** How long a started wrapper may stay unseen without its token. */
const unseenMs = 10_000

/** `at`: epoch milliseconds. Revoked: somebody else has taken its start back, so that nothing was judged. */
export type End = { readonly _tag: "Over"; readonly how: Ending; readonly at: number } | { readonly _tag: "Revoked" }

export interface Awaited {
  readonly directory: string
  readonly marker: string
  /** Epoch milliseconds. */
  readonly deadline: number
  readonly output: Output
  /** Told after each look that has found it at work. */
  readonly onAlive: () => void
}

const ended = ({ at, code, signal }: Exit.ProcessExit): End => ({
  _tag: "Over",
  how: code === null ? { _tag: "Killed", signal: signal ?? "an unknown signal" } : { _tag: "Exited", code },
  at: at * 1000
})

/** A run that is out of time or over its budget is over before it is stopped: to stop it is the caller's. */
export const awaitEnd = Effect.fnUntraced(function* ({ deadline, directory, marker, onAlive, output }: Awaited) {
  const cadence = yield* Cadence
  const processes = yield* Processes
  const over = (how: Ending) => Effect.map(Clock.currentTimeMillis, (at): End => ({ _tag: "Over", how, at }))
  const cut = (how: Cut) => Effect.zipRight(noteCut(directory, how), over(how))

  const before = yield* readCut(directory)
  if (before !== null) return yield* over(before)
  const begun = yield* Clock.currentTimeMillis
  let pauseMs = 20
  for (;;) {
    const table = yield* processes.snapshot
    const exit = yield* Exit.read(directory)
    if (Option.isSome(exit)) return ended(exit.value)
    const token = yield* StartToken.read(directory)
    const isThere = (table.byMarker.get(marker) ?? []).some(isAlive)
    if (!isThere && token === "taken") {
      // The wrapper may have come and gone between the two looks.
      const again = yield* Exit.read(directory)
      const later = yield* processes.snapshot
      if (Option.isSome(again)) return ended(again.value)
      if (!(later.byMarker.get(marker) ?? []).some(isAlive)) {
        const last = yield* Exit.read(directory)
        return Option.isSome(last) ? ended(last.value) : yield* over({ _tag: "Vanished" })
      }
    }
    const now = yield* Clock.currentTimeMillis
    if (!isThere && token === "free" && now >= begun + unseenMs) {
      // Its wrapper never came to take the token; now it can not any more.
      if ((yield* StartToken.revoke(directory)) === "revoked") return yield* over({ _tag: "Vanished" })
    }
    // Somebody else has taken its start back, a supervisor that did not know yet that it is none any more: nothing was
    // judged, and that is no verdict.
    if (token === "revoked" && !isThere) return { _tag: "Revoked" } satisfies End
    if (now >= deadline) return yield* cut({ _tag: "TimedOut" })
    if (yield* output.isOverBudget) return yield* cut({ _tag: "OverBudget" })
    onAlive()
    yield* Effect.sleep(pauseMs)
    pauseMs = Math.min(cadence.runs, pauseMs * 1.5)
  }
})
