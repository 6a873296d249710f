/**
 * The bound that L1 is measured against: the smallest durable ledger that could hold the same texts. A task row that is
 * updated by compare-and-set on its revision, a transition row with two indexes; transactions of one hundred moves.
 */
import type { EncodedEntry } from "../../shell/store/EncodedChange.ts"
import { median } from "../harness/Statistics.ts"
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

const open = (file: string) => {
  const database = RawSqlite.open(file)
  database.exec(schema)
  const create = database.prepare(`INSERT INTO tasks VALUES (?, 0, ?, '{"stage":"backlog"}', '{"_tag":"Idle"}', ?)`)
  const update = database.prepare(
    "UPDATE tasks SET revision = ?, stage = ?, execution = ?, facts = ? WHERE id = ? AND revision = ?"
  )
  const enter = database.prepare("INSERT INTO transitions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
  let seq = 0
  const move = (task: number, facts: string, entry: Texts["entries"][number]): void => {
    const { at, cause, event, execution, from_stage, revision, stage_json } = entry
    const { changes } = update.run(revision, stage_json, execution, facts, task, revision - 1)
    if (changes !== 1) throw new Error(`task ${task} is not at revision ${revision - 1}`)
    enter.run(++seq, task, revision, event, cause, at, from_stage, stage_json, execution)
  }
  return { create, database, durable: RawSqlite.transactions(database), move }
}

/** Milliseconds for that many lives in a new file. */
export const run = (file: string, tasks: number, { entries, facts, spec }: Texts): number => {
  const { create, database, durable, move } = open(file)
  const inBatches = (each: (task: number) => void): void => {
    for (let first = 1; first <= tasks; first += batch) {
      durable(() => {
        for (let task = first; task < first + batch && task <= tasks; task++) each(task)
      })
    }
  }
  const begun = performance.now()
  inBatches((task) => create.run(task, spec, facts))
  for (const entry of entries) inBatches((task) => move(task, facts, entry))
  const took = performance.now() - begun
  database.close()
  return took
}

/** Milliseconds at the median for the first move of so many tasks in one transaction, after some that warm up. */
export const groupMs = (
  file: string,
  moves: number,
  groups: number,
  warmUp: number,
  { entries: [first], facts, spec }: Texts
): number => {
  if (first === undefined) throw new Error("a life has moves")
  const { create, database, durable, move } = open(file)
  durable(() => {
    for (let task = 1; task <= groups * moves; task++) create.run(task, spec, facts)
  })
  const took = Array.from({ length: groups }, (_, group) => {
    const begun = performance.now()
    durable(() => {
      for (let task = group * moves + 1; task <= (group + 1) * moves; task++) move(task, facts, first)
    })
    return performance.now() - begun
  })
  database.close()
  return median(took.slice(warmUp))
}
