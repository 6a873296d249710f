/**
 * The A/A pairs: one piece of work of each kind, measured against itself.
 */
import { join } from "node:path"
import { environment } from "../harness/SampleProcess.ts"
import { median } from "../harness/Statistics.ts"
import * as RawSqlite from "../references/RawSqlite.ts"
import { only, type Kind, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { start } from "../workload/Program.ts"

const pair = (
  kind: Kind,
  unit: string,
  better: Scenario["better"],
  run: (place: Place) => Promise<Sample>
): Scenario => ({
  id: `A/A ${kind}`,
  title: `the same ${kind} work on both sides`,
  kind,
  unit,
  better,
  subjectIs: "process",
  subject: { name: "A", run },
  references: [{ name: "A again", run }],
  goals: []
})

const text = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => ({ index, name: `name ${index}`, is: [true, null] }))
)

const parse = (): Promise<Sample> => {
  const took: Array<number> = []
  for (let round = -20; round < 60; round++) {
    const begun = performance.now()
    for (let times = 0; times < 50; times++) JSON.parse(text)
    if (round >= 0) took.push(performance.now() - begun)
  }
  return Promise.resolve(only(median(took)))
}

/** Commits of one row each: bound by the disk alone. */
const commit = ({ directory }: Place): Promise<Sample> => {
  const database = RawSqlite.open(join(directory, "same.db"))
  database.exec("CREATE TABLE rows (id INTEGER PRIMARY KEY, body TEXT)")
  const durable = RawSqlite.transactions(database)
  const insert = database.prepare("INSERT INTO rows (body) VALUES (?)")
  const body = "x".repeat(1000)
  const commits = 1000
  const rounds = (count: number): void => {
    for (let index = 0; index < count; index++) durable(() => insert.run(body))
  }
  rounds(commits / 5)
  const begun = performance.now()
  rounds(commits)
  const took = performance.now() - begun
  database.close()
  return Promise.resolve(only((commits * 1000) / took))
}

export const onCpu = pair("cpu", "ms", "lower", parse)
export const onDisk = pair("disk", "commits/s", "higher", commit)
export const onSpawn = pair("spawn", "ms", "lower", () => Promise.resolve(only(start(["-e", "0"], environment()))))
