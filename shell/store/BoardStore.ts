/** The part of the store that is read a page at a time by those who look. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { BatchId, TaskId } from "../../core/task/Identifiers.ts"
import * as Access from "./Access.ts"
import type { BoardService, LedgerLine, Run } from "./BoardService.ts"
import * as Codec from "./Codec.ts"
import { decodeAll } from "./DecodeAll.ts"
import type { Driver } from "./Encoded.ts"
import type { RunRow } from "./BoardTables.ts"
import type { TransitionRow } from "./Rows.ts"

/** Runs of verifiers in one answer. */
const mostRuns = 1000

const line = (row: TransitionRow): Codec.Decoded<LedgerLine> =>
  Either.map(Codec.ledger(row), (ledger) => ({
    ...ledger,
    from: row.from_stage,
    to: String(JSON.parse(row.stage_json).stage),
    execution: String(JSON.parse(row.execution)._tag)
  }))

const run = (row: RunRow): Codec.Decoded<Run> =>
  Either.map(Codec.verification(row), (found) => ({ ...found, hasOutput: row.has_output === 1 }))

export const make = (driver: Driver): BoardService => {
  const { reading } = Access.make(driver)
  return {
    lastEvent: reading("look for the last event", (reads) => Effect.map(reads.head([]), ({ seq }) => seq)),
    eventSince: (at) =>
      reading("look for a moment", (reads) =>
        Effect.gen(function* () {
          const { seq } = yield* reads.head([])
          // All before `low` are older; the one at `high` is not, or is not there.
          let [low, high] = [1, seq + 1]
          while (low < high) {
            const middle = Math.floor((low + high) / 2)
            const found = yield* reads.board.eventAt(middle)
            if (found !== null && found < at) low = middle + 1
            else high = middle
          }
          return low
        })
      ),
    batches: (limit) =>
      Effect.map(
        reading("read batches", (reads) => reads.board.batches(limit)),
        (rows) => rows.map(({ at, id, path }) => ({ id: BatchId.make(id), path, at }))
      ),
    tasksOf: (batch, limit) =>
      Effect.map(
        reading("look which tasks a batch has", (reads) => reads.board.tasksOf(batch, limit)),
        (ids) => ids.map((id) => TaskId.make(id))
      ),
    changedIn: (range) =>
      Effect.map(
        reading("look which tasks have moved", (reads) => reads.board.changedIn(range)),
        (ids) => ids.map((id) => TaskId.make(id))
      ),
    ledgerPage: (page) =>
      Effect.flatMap(
        reading("read a page of a ledger", (reads) => reads.board.transitions(page)),
        (rows) => decodeAll(rows, line)
      ),
    attemptsPage: (page) =>
      Effect.flatMap(
        reading("read a page of attempts", (reads) => reads.board.attempts(page)),
        (rows) => decodeAll(rows, Codec.attempt)
      ),
    runsOf: (of) =>
      Effect.flatMap(
        reading("read runs of verifiers", (reads) => reads.board.runs(of, mostRuns)),
        (rows) => decodeAll(rows, run)
      ),
    runOf: (task, number) =>
      Effect.flatMap(
        reading("read a run of a verifier", (reads) => reads.board.run(task, number)),
        (row) =>
          Effect.map(decodeAll(row === null ? [] : [row], Codec.verification), ([found]) => Option.fromNullable(found))
      ),
    spendIn: (range) =>
      Effect.map(
        reading("add up what was spent", (reads) => reads.board.spend(range)),
        (rows) =>
          rows.map(({ is_unknown, nano_usd, ...rest }) => ({ ...rest, nanoUsd: nano_usd, isUnknown: is_unknown === 1 }))
      )
  }
}
