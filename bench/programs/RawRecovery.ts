/**
 * A program, not a module: what a recovery costs where nothing is observed and nobody is asked. It opens the store's
 * file, reads what is open, and gives each task a new state and a ledger row, a thousand in a transaction.
 */
import * as Schema from "effect/Schema"
import * as RawSqlite from "../references/RawSqlite.ts"

const Row = Schema.Struct({
  id: Schema.Number,
  revision: Schema.Number,
  spec: Schema.String,
  stage_json: Schema.String,
  execution: Schema.String,
  facts: Schema.String
})

const batch = 1000
const event = JSON.stringify({ _tag: "ExecutionMoved", event: { _tag: "Ended", how: { _tag: "Lost" } } })
const stopping = JSON.stringify({ _tag: "Stopping", ending: { _tag: "Lost" } })

const [file = ""] = process.argv.slice(2)
const database = RawSqlite.open(file)
const durable = RawSqlite.transactions(database)
const rows = Schema.decodeUnknownSync(Schema.Array(Row))(
  database
    .prepare(
      `SELECT t.id, t.revision, s.spec, t.stage_json, t.execution, t.facts FROM tasks t
       JOIN task_specs s ON s.task_id = t.id AND s.revision = t.spec_revision WHERE t.is_open = 1`
    )
    .all()
)
const live = rows.filter(({ execution, facts, spec }) => {
  JSON.parse(spec)
  JSON.parse(facts)
  return /"Running"/.test(execution)
})
const update = database.prepare("UPDATE tasks SET revision = ?, execution = ? WHERE id = ? AND revision = ?")
const enter = database.prepare(
  "INSERT INTO transitions SELECT max(seq) + 1, ?, ?, ?, 'tick', ?, 'coding', ?, ? FROM transitions"
)
for (let first = 0; first < live.length; first += batch) {
  durable(() => {
    for (const { id, revision, stage_json } of live.slice(first, first + batch)) {
      update.run(revision + 1, stopping, id, revision)
      enter.run(id, revision + 1, event, Date.now(), stage_json, stopping)
    }
  })
}
database.close()
