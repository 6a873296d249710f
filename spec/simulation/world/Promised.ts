/**
 * What must hold of promises in the end, by the stored rows and what hooks were acknowledged to have told: each is opened
 * once, ends at most once and stays as it ended (CLM-6), what is delivered by evidence was really done (CLM-7), and no
 * event of a hook counts twice (STO-6).
 */
import * as Schema from "effect/Schema"
import { Commitment, isIn, status } from "../../../core/commitment/Commitment.ts"
import type { Reader } from "./Reader.ts"

const Stored = Schema.Array(Schema.Struct({ body: Schema.parseJson(Commitment) }))
const storedOf = Schema.decodeUnknownSync(Stored)
const Told = Schema.Array(
  Schema.Struct({
    type: Schema.String,
    body: Schema.parseJson(Schema.Struct({ commitment_id: Schema.Int, status: Schema.optional(Schema.String) }))
  })
)
const toldOf = Schema.decodeUnknownSync(Told)
const countOf = Schema.decodeUnknownSync(Schema.Struct({ count: Schema.Int }))

/** The words of `Hooks.sayings` that promise with each verb. */
const wordsOf: Readonly<Record<string, string>> = {
  push: "I'll push",
  merge: "I'll merge",
  fix: "I'll fix",
  rerun: "I will rerun"
}

/** Beside the hooks, whoever resumes a session takes down what the attempt before ended with, if none has told it. */
const resumptions = `SELECT count(*) AS count FROM attempts a WHERE progress ->> '$.session' = ? AND EXISTS (
  SELECT 1 FROM attempts b WHERE b.task_id = a.task_id AND b.number > a.number AND b.mode IN ('Nudge', 'Warm', 'CommitOnly'))`
const sayings = `SELECT count(*) AS count FROM hook_events
  WHERE hook = 'Stop' AND session_id = ? AND payload ->> '$.last_assistant_message' LIKE '%' || ? || '%'`
const deeds = `SELECT count(*) AS count FROM hook_events
  WHERE hook = 'PostToolUse' AND session_id = ? AND at = ? AND at > ? AND tool_name = 'Bash'`
/** A fix is shown by a verifier of the task that the session worked on, too. */
const passes = `SELECT count(*) AS count FROM verifications v JOIN attempts a ON a.task_id = v.task_id
  WHERE a.progress ->> '$.session' = ? AND a.number <= v.attempt AND v.verdict = 'PASS' AND v.ended_at = ? AND v.ended_at > ?`

export const wrong = (database: Reader): ReadonlyArray<readonly [requirement: string, what: string]> => {
  const found: Array<readonly [string, string]> = []
  const count = (sql: string, ...values: ReadonlyArray<string | number>): number =>
    countOf(database.prepare(sql).get(...values)).count
  const rows = storedOf(database.prepare("SELECT body FROM commitments ORDER BY id").all()).map(({ body }) => body)
  const told = toldOf(
    database.prepare("SELECT type, body FROM events WHERE type LIKE 'commitment.%' ORDER BY seq").all()
  )
  for (const commitment of rows) {
    const { id, saidAt, session, verb } = commitment
    const own = told.filter(({ body }) => body.commitment_id === id)
    const expected = ["commitment.opened", ...(isIn(commitment, "Open") ? [] : ["commitment.closed"])]
    if (own.map(({ type }) => type).join() !== expected.join())
      found.push(["CLM-6", `commitment ${id} is ${status(commitment)}: ${own.map(({ type }) => type).join()}`])
    const last = own.at(-1)?.body.status
    if (last !== undefined && last !== status(commitment))
      found.push(["CLM-6", `commitment ${id} was ${last}, and is ${status(commitment)}`])
    if (session === null) continue
    const times = count(sayings, session, wordsOf[verb] ?? verb) + count(resumptions, session)
    if (commitment.count > times)
      found.push(["STO-6", `commitment ${id} counts ${commitment.count} sayings, and there are ${times}`])
    if (!isIn(commitment, "Delivered") || commitment.state.by._tag !== "Evidence") continue
    const { at } = commitment.state.by.evidence
    const shown = count(deeds, session, at, saidAt) + (verb === "fix" ? count(passes, session, at, saidAt) : 0)
    if (shown === 0) found.push(["CLM-7", `commitment ${id} is delivered by what nobody did`])
  }
  return found
}

/** How many there were, and how many were kept. */
export const counts = (database: Reader): Readonly<Record<string, number>> => ({
  promises: countOf(database.prepare("SELECT count(*) AS count FROM commitments").get()).count,
  "promises kept": countOf(
    database.prepare("SELECT count(*) AS count FROM commitments WHERE body ->> '$.state._tag' = 'Delivered'").get()
  ).count,
  reminders: countOf(database.prepare("SELECT count(*) AS count FROM attempts WHERE mode = 'Nudge'").get()).count
})
