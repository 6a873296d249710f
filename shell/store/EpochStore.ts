/** Epochs of any store: which supervisor is the present one, and when it was seen alive. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Access from "./Access.ts"
import type { Driver } from "./Encoded.ts"
import * as EventRows from "./EventRows.ts"
import { presentSupervisor } from "./PresentSupervisor.ts"
import type * as Rows from "./Rows.ts"
import type { Store, Supervisor } from "./Store.ts"

type Service = Pick<typeof Store.Service, "takeEpoch" | "heartbeat" | "endEpoch" | "supervisor">

const supervisorOf = (row: Rows.SupervisorRow): Supervisor => ({
  epoch: row.epoch,
  host: row.host,
  pid: row.pid,
  startedAt: row.started_at,
  heartbeatAt: row.heartbeat_at,
  endedAt: row.ended_at
})

export const make = (driver: Driver): Service => {
  const { reading, writing } = Access.make(driver)
  return {
    takeEpoch: ({ at, host, pid }) =>
      writing("take an epoch", (transaction) =>
        Effect.gen(function* () {
          const head = yield* transaction.head([])
          const epoch = head.epoch + 1
          const row = { epoch, host, pid, started_at: at, heartbeat_at: at, ended_at: null }
          const events = [{ seq: head.seq + 1, ...EventRows.started(epoch, host, pid, at) }]
          yield* transaction.write({ supervisors: [row], events })
          return epoch
        })
      ),
    heartbeat: (epoch, at) =>
      writing("note a heartbeat", (transaction) =>
        Effect.flatMap(presentSupervisor(transaction, epoch), (row) =>
          transaction.write({ supervisors: [{ ...row, heartbeat_at: at }] })
        )
      ),
    endEpoch: (epoch, at) =>
      writing("end an epoch", (transaction) =>
        Effect.gen(function* () {
          const row = yield* transaction.supervisorOf(epoch)
          if (row === null || row.ended_at !== null) return
          const { seq } = yield* transaction.head([])
          const events = [{ seq: seq + 1, ...EventRows.stopped(epoch, at) }]
          yield* transaction.write({ supervisors: [{ ...row, ended_at: at }], events })
        })
      ),
    supervisor: Effect.map(
      reading("read the supervisor", (reads) => reads.supervisor),
      (row) => Option.map(Option.fromNullable(row), supervisorOf)
    )
  }
}
