/** What the API is asked and told: a real socket, a real store. */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { stderrFile, stdoutFile } from "../../../shell/agents/Launch.ts"
import { declarations } from "../../../shell/guards/Declarations.ts"
import * as CommitmentWire from "../../../shell/http/api/CommitmentWire.ts"
import * as FleetWire from "../../../shell/http/api/FleetWire.ts"
import * as TaskWire from "../../../shell/http/api/TaskWire.ts"
import { attemptOf, beside, newTask, submission } from "../store/World.ts"
import { one, problemOf, withTasks, written } from "./Tasks.ts"
import { json, post, serving } from "./World.ts"

it.scopedLive("API-1 an event that is not legal answers 409 with what is, and one that is moves the task once", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const before = yield* written(site)
    const refused = yield* post(site, "/api/tasks/1/approve")
    expect(refused).toEqual({
      status: 409,
      body: {
        error: "can not approve #1: #1 is backlog; legal now: start, cancel, freeze, block, reject, supersede",
        code: "not_legal",
        legal: ["start", "cancel", "freeze", "block", "reject", "supersede"]
      }
    })
    expect(yield* written(site)).toBe(before)
    expect(yield* post(site, "/api/tasks/1/block", { reason: "not yet" })).toEqual({
      status: 200,
      body: {
        id: 1,
        name: "one",
        state: "NEEDS_HUMAN",
        stage: { stage: "blocked", resumeTo: { stage: "backlog" }, reason: { _tag: "Operator", text: "not yet" } }
      }
    })
    const shown = yield* json(site, "/api/tasks/1")
    const document = Schema.decodeUnknownSync(TaskWire.TaskDocument)(shown.body)
    expect(document).toMatchObject({ id: 1, state: "NEEDS_HUMAN", next_command: "drover retry 1" })
    expect(document.legal).toContain("unblock")
    expect((yield* post(site, "/api/tasks/1/unblock", { budget_usd: 3.5 })).status).toBe(200)
    expect((yield* post(site, "/api/tasks/2/supersede", { by: 1 })).body).toMatchObject({ stage: { by: 1 } })
  })
)

it.scopedLive("API-2 what is asked for too late is not done: whoever asked may have done it otherwise", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const before = yield* written(site)
    const late = { headers: { "x-drover-deadline": "1000" }, body: "{}" }
    for (const path of ["/api/tasks/1/freeze", "/api/drain", "/api/undrain"]) {
      expect(yield* json(site, path, late)).toMatchObject({ status: 409, body: { code: "overdue" } })
    }
    const submit = { ...late, body: JSON.stringify({ ...one, key: "late" }) }
    expect(yield* json(site, "/api/tasks", submit)).toMatchObject({ status: 409, body: { code: "overdue" } })
    const odd = { headers: { "x-drover-deadline": "soon" }, body: "{}" }
    expect(yield* json(site, "/api/drain", odd)).toMatchObject({ status: 400, body: { code: "invalid" } })
    expect(yield* written(site)).toBe(before)
    expect(yield* site.store.isDraining).toBe(false)
    const inTime = { headers: { "x-drover-deadline": "99999999999999" }, body: "{}" }
    expect((yield* json(site, "/api/drain", inTime)).status).toBe(200)
    expect(yield* site.store.isDraining).toBe(true)
  })
)

it.scopedLive(
  "STO-5 the same key again is the same task, and one that reads another configuration refuses to resolve",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const first = yield* post(site, "/api/tasks", { ...one, key: "k", verify: ["true"], upcoming: true })
      expect(first).toEqual({ status: 200, body: { id: 1, name: "one", was: "added", warnings: [] } })
      const again = yield* post(site, "/api/tasks", { ...one, name: "other", key: "k" })
      expect(again.body).toMatchObject({ id: 1, was: "unchanged" })
      const other = {
        headers: { "x-drover-configuration": encodeURIComponent("/other.toml") },
        body: JSON.stringify(one)
      }
      expect(yield* json(site, "/api/tasks", other)).toMatchObject({
        status: 409,
        body: { code: "other_configuration" }
      })
      const own = { ...other, headers: { "x-drover-configuration": encodeURIComponent(site.places.configFile) } }
      expect((yield* json(site, "/api/tasks", own)).body).toMatchObject({ id: 2, was: "added" })
      // An agent that was added since is known; a file that is wrong is said to be.
      writeFileSync(site.places.configFile, '[agents.more]\nkind = "command"\ncommand = "true"\n')
      expect((yield* post(site, "/api/tasks", { ...one, agent: "more" })).status).toBe(200)
      writeFileSync(site.places.configFile, "[agents")
      const unreadable = yield* post(site, "/api/tasks", one)
      expect(unreadable).toMatchObject({ status: 503, body: { code: "unavailable" } })
      expect((yield* site.store.open).tasks).toHaveLength(3)
    })
)

it.scopedLive("API-7 a listing goes through every task once, a page at a time, and by state", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    const all = Array.from({ length: 450 }, (_, index) => newTask(`t${index}`))
    yield* site.store.submit(submission(all))
    for (const id of [3, 200, 450]) expect((yield* post(site, `/api/tasks/${id}/cancel`)).status).toBe(200)
    for (const [query, wanted] of [
      ["limit=199", Array.from({ length: 450 }, (_, index) => index + 1)],
      ["limit=1000", Array.from({ length: 450 }, (_, index) => index + 1)],
      ["limit=2&state=CANCELLED", [3, 200, 450]],
      ["limit=3&state=CANCELLED&state=DONE&batch=1", [3, 200, 450]],
      ["limit=1&state=DONE", []],
      ["limit=1&batch=7", []]
    ] as const) {
      const seen: Array<number> = []
      let after: number | null = null
      do {
        const from: string = after === null ? "" : `&after=${after}`
        const { body } = yield* json(site, `/api/tasks?${query}${from}`)
        const page = Schema.decodeUnknownSync(TaskWire.TaskListing)(body)
        seen.push(...page.tasks.map(({ id }) => id))
        after = page.next
      } while (after !== null)
      expect([query, seen]).toEqual([query, wanted])
    }
    expect((yield* post(site, "/api/tasks/3/archive")).status).toBe(200)
    const { body } = yield* json(site, "/api/tasks?limit=4")
    expect(Schema.decodeUnknownSync(TaskWire.TaskListing)(body).tasks.map(({ id }) => id)).toEqual([1, 2, 4, 5])
  })
)

it.scopedLive(
  "GRD-3 guards and their summary are of one look, every declared one; what can not be read is an error",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const { body, status } = yield* json(site, "/guards")
      expect(status).toBe(200)
      const report = Schema.decodeUnknownSync(FleetWire.GuardReport)(body)
      expect(report.guards.map(({ guard }) => guard)).toEqual(declarations.map(({ key }) => key))
      expect(Object.values(report.summary).reduce((sum, count) => sum + count, 0)).toBe(declarations.length)
      writeFileSync(site.places.configFile, "[guards.inactivity]\nenabled = perhaps\n")
      const unreadable = yield* json(site, "/guards")
      expect(unreadable).toMatchObject({ status: 503, body: { code: "unavailable" } })
      expect(problemOf(unreadable.body).error).toContain("config.toml:2")
      writeFileSync(
        site.places.configFile,
        '[guards.inactivity]\nenabled = false\nowner = "Ada"\nreason = "slow"\nuntil = 2999-01-01T00:00:00Z\n'
      )
      const off = Schema.decodeUnknownSync(FleetWire.GuardReport)((yield* json(site, "/guards")).body)
      expect(off.guards.find(({ guard }) => guard === "inactivity")?.posture).toBe("diverged-pending-restart")
    })
)

it.scopedLive("API-7 attention, health, admission and accounts are told as they are stored", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    expect(yield* json(site, "/attention")).toEqual({ status: 200, body: { attention: [] } })
    yield* site.store.noteAttention(1000, TaskId.make(1), [{ _tag: "Raise", key: "k", text: "look" }])
    expect((yield* json(site, "/attention")).body).toEqual({
      attention: [
        {
          id: 1,
          key: "k",
          task_id: 1,
          text: "look",
          raised_at: "1970-01-01T00:00:01.000Z",
          acknowledged_at: null,
          what_to_do: "drover show 1",
          deliveries: []
        }
      ]
    })
    expect((yield* json(site, "/healthz")).body).toMatchObject({ status: "ok", supervisor: null, draining: false })
    const epoch = yield* site.store.takeEpoch({ host: "here", pid: 7, at: 0 })
    expect((yield* post(site, "/api/drain")).body).toEqual({ draining: true })
    expect((yield* json(site, "/healthz")).body).toMatchObject({
      supervisor: { epoch, host: "here", pid: 7, started_at: "1970-01-01T00:00:00.000Z" },
      draining: true
    })
    expect((yield* post(site, "/api/undrain")).body).toEqual({ draining: false })
    expect(yield* site.store.isDraining).toBe(false)
  })
)

it.scopedLive("API-7 a log is its end, or one stream from a byte on, and what was removed is told", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const task = Option.getOrThrow(yield* site.store.task(TaskId.make(1)))
    const record = attemptOf(task, 1, { startedAt: 1, endedAt: 2 })
    yield* site.store.write(beside(task, { attempt: { record, phase: "created" } }))
    const folder = site.places.attempt(task.id, AttemptNumber.make(1))
    const gone = yield* json(site, "/api/tasks/1/log")
    expect(gone.body).toMatchObject({ removed: ["1.1"], lines: [], is_cut: false })
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, stdoutFile), Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join(""))
    writeFileSync(join(folder, stderrFile), "trouble\n")
    const end = yield* json(site, "/api/tasks/1/log?limit=32")
    expect(end).toMatchObject({
      status: 200,
      body: {
        id: 1,
        is_cut: true,
        removed: [],
        lines: [
          { attempt: "1.1", stream: "stdout", text: "line 98" },
          { attempt: "1.1", stream: "stdout", text: "line 99" },
          { attempt: "1.1", stream: "stderr", text: "trouble" }
        ],
        next_offset: null
      }
    })
    const texts: Array<string> = []
    let offset = 0
    for (;;) {
      const { body } = yield* json(site, `/api/tasks/1/log?attempt=1&stream=stdout&limit=50&offset=${offset}`)
      const output = Schema.decodeUnknownSync(TaskWire.TaskOutput)(body)
      texts.push(...output.lines.map(({ text }) => text))
      offset = output.next_offset ?? 0
      if (!output.is_cut) break
    }
    expect(texts).toEqual(Array.from({ length: 100 }, (_, line) => `line ${line}`))
    expect((yield* json(site, "/api/tasks/1/log?attempt=2")).status).toBe(404)
    expect((yield* json(site, "/api/tasks/9/log")).status).toBe(404)
    expect((yield* json(site, "/api/tasks/1/log?stream=verifier")).body).toMatchObject({ lines: [] })
  })
)

it.scopedLive("CLM-6 a message is posted, its promises are listed, and a person says once what became of each", () =>
  Effect.gen(function* () {
    const site = yield* serving(null, "[action_claim]\nenabled = true\n")
    const said = { message: "I'll push it in 5 minutes. I'll deploy the site.", topic: "t", session: "s" }
    const observed = yield* post(site, "/action-claim/observe", said)
    expect(observed).toMatchObject({ status: 200, body: { observed: true, registered: true, deduped: false } })
    expect(Schema.decodeUnknownSync(CommitmentWire.Observed)(observed.body).claims).toMatchObject([
      { verb: "push", object: "it", commitmentId: 1 },
      { verb: "deploy", object: "the site", commitmentId: 2 }
    ])
    expect((yield* post(site, "/action-claim/observe", said)).body).toMatchObject({ deduped: true })
    const listed = yield* json(site, "/commitments")
    expect(Schema.decodeUnknownSync(CommitmentWire.Listing)(listed.body).commitments).toMatchObject([
      { id: 1, status: "open", count: 2, session_id: "s", topic: "t" },
      { id: 2, status: "open", verb: "deploy" }
    ])
    expect(yield* post(site, "/commitments/1/deliver", { note: "by hand" })).toMatchObject({
      status: 200,
      body: { commitment: { id: 1, status: "delivered", detail: "by hand" } }
    })
    expect(yield* post(site, "/commitments/1/withdraw")).toMatchObject({ status: 409, body: { code: "not_legal" } })
    expect(yield* post(site, "/commitments/9/deliver")).toMatchObject({ status: 404, body: { code: "not_found" } })
    expect(yield* post(site, "/commitments/2/forget")).toMatchObject({ status: 404, body: { code: "not_found" } })
    expect((yield* json(site, "/commitments?all=true")).body).toMatchObject({ commitments: [{ id: 1 }, { id: 2 }] })
  })
)

it.scopedLive(
  "CLM-8 a body that is not understood names its field, and where nobody tracks promises none is taken down",
  () =>
    Effect.gen(function* () {
      const site = yield* serving()
      const wrong = [
        [{ topic: "t" }, "message"],
        [{ message: "x", topic: "" }, "topic"],
        [{ message: "x", topic: "t", session: 7 }, "session"],
        [{ message: "x", topic: "t", sesion: "s" }, "sesion"]
      ] as const
      for (const [body, field] of wrong) {
        const refused = yield* post(site, "/action-claim/observe", body)
        expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining(field)])
      }
      expect((yield* post(site, "/action-claim/observe", { message: "I'll push it.", topic: "t" })).body).toEqual({
        observed: false,
        registered: false,
        deduped: false,
        reason: "feature-disabled",
        claims: []
      })
      expect((yield* json(site, "/commitments")).body).toEqual({ commitments: [], unverified: [] })
    })
)
