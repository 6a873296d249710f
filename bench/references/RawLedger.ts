/**
 * The bound that L1 is measured against: the smallest durable ledger that could hold the same texts. A task row that is
 * updated by compare-and-set on its revision, a transition row with two indexes; transactions of one hundred moves.
 */
import type { EncodedEntry } from "../../shell/store/EncodedChange.ts"
import * as RawSqlite from "./RawSqlite.ts"

const schema = `
  CREATE TABLE tasks (
    id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, spec TEXT NOT NULL,
    stage TEXT NOT NULL, execution TEXT NOT NULL, facts TEXT NOT NULL
  ) STRICT;
  CREATE TABLE transitions (
    seq INTEGER PRIMARY KEY, task_id INTEGER NOT NULL, revision INTEGER NOT NULL, event TEXT NOT NULL,
    cause TEXT NOT NULL, at REAL NOT NULL, from_stage TEXT NOT NULL, stage TEXT NOT NULL, execution TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX transitions_by_task ON transitions (task_id, revision);
  CREATE INDEX transitions_by_time ON transitions (at);`

/** The texts of one life, the same for every task: nothing is encoded here. */
export interface Texts {
  readonly spec: string
  readonly facts: string
  readonly entries: ReadonlyArray<EncodedEntry["row"]>
}

const batch = 100

/** Milliseconds for that many lives in a new file. */
export const run = (file: string, tasks: number, { entries, facts, spec }: Texts): number => {
  const database = RawSqlite.open(file)
  database.exec(schema)
  const durable = RawSqlite.transactions(database)
  const create = database.prepare(`INSERT INTO tasks VALUES (?, 0, ?, '{"stage":"backlog"}', '{"_tag":"Idle"}', ?)`)
  const move = database.prepare(
    "UPDATE tasks SET revision = ?, stage = ?, execution = ?, facts = ? WHERE id = ? AND revision = ?"
  )
  const enter = database.prepare("INSERT INTO transitions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
  const inBatches = (each: (task: number) => void): void => {
    for (let first = 1; first <= tasks; first += batch) {
      durable(() => {
        for (let task = first; task < first + batch && task <= tasks; task++) each(task)
      })
    }
  }
  const begun = performance.now()
  let seq = 0
  inBatches((task) => create.run(task, spec, facts))
  for (const { at, cause, event, execution, from_stage, revision, stage_json } of entries) {
    inBatches((task) => {
      const { changes } = move.run(revision, stage_json, execution, facts, task, revision - 1)
      if (changes !== 1) throw new Error(`task ${task} is not at revision ${revision - 1}`)
      enter.run(++seq, task, revision, event, cause, at, from_stage, stage_json, execution)
    })
  }
  const took = performance.now() - begun
  database.close()
  return took
}
