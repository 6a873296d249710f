/** Who writes by the rights of an epoch: the present supervisor, and nobody who was replaced. */
import * as Effect from "effect/Effect"
import type { Reads } from "./Encoded.ts"
import { Fenced } from "./Store.ts"

/** The present supervisor's row, if it is that one's; an older one is Fenced. */
export const presentSupervisor = (transaction: Reads, epoch: number) =>
  Effect.flatMap(transaction.supervisor, (row) =>
    row?.epoch === epoch ? Effect.succeed(row) : Effect.fail(new Fenced({ epoch, present: row?.epoch ?? 0 }))
  )
