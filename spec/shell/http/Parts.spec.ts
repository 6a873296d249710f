/** What one task is made of, over HTTP: each part is what its schema says, bounded, and as data alone. */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import { AttemptNumber, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import { stderrFile, stdoutFile } from "../../../shell/agents/Launch.ts"
import * as FleetWire from "../../../shell/http/api/FleetWire.ts"
import * as TaskParts from "../../../shell/http/api/TaskParts.ts"
import { outputFile } from "../../../shell/verifiers/RunFolder.ts"
import { folder } from "../process/World.ts"
import { attemptOf, beside, existing, newTask, submission, verificationOf } from "../store/World.ts"
import { one, problemOf, withTasks, written } from "./Tasks.ts"
import { json, post, serving, type Site } from "./World.ts"

const exact = { onExcessProperty: "error" } as const

/** The answer, which must be exactly what the schema says. */
const get = <A, I>(site: Site, path: string, schema: Schema.Schema<A, I>) =>
  Effect.map(json(site, path), ({ body, status }) => {
    expect([path, status, body]).toEqual([path, 200, expect.anything()])
    return Schema.decodeUnknownSync(schema, exact)(body)
  })

/** Attempts 1 to 3 of #1, a run of a verifier for each; the last one is under way. */
const worked = Effect.gen(function* () {
  const site = yield* withTasks
  const { places, store } = site
  const id = TaskId.make(1)
  const [task] = yield* store.tasks({ ids: [id] })
  for (const number of [1, 2, 3]) {
    const isOver = number < 3
    const record = attemptOf(existing(task), number, {
      createdAt: 1000,
      startedAt: 1000 + number,
      ...(isOver ? { endedAt: 2000, outcome: "Clean" } : {})
    })
    yield* store.write(beside(existing(task), { attempt: { record, phase: "created" } }))
    const print = places.attempt(id, AttemptNumber.make(number))
    mkdirSync(print, { recursive: true })
    writeFileSync(join(print, stdoutFile), `first of ${number}\n<b>second</b>\nthi`)
    if (number === 2) continue
    writeFileSync(join(print, stderrFile), "")
    if (!isOver) continue
    const run = places.run(id, AttemptNumber.make(number), RunNumber.make(7))
    mkdirSync(run, { recursive: true })
    writeFileSync(join(run, outputFile), "checked\n")
    const verification = verificationOf(existing(task), 7, { verdict: "PASS", endedAt: 2100, output: "checked\n" })
    yield* store.write(beside(existing(task), { verification }))
  }
  return site
})

it.scopedLive("BRD-5 a ledger and attempts come in pages that go on where the last one ended", () =>
  Effect.gen(function* () {
    const site = yield* worked
    const words = ["x".repeat(5000), "again"]
    for (const reason of words) {
      yield* post(site, "/api/tasks/1/block", { reason })
      yield* post(site, "/api/tasks/1/unblock")
    }
    const rows: Array<(typeof TaskParts.Ledger.Type)["rows"][number]> = []
    for (let next: number | null = null, pages = 0; pages === 0 || next !== null; pages++) {
      const before: string = next === null ? "" : `&before=${next}`
      const page: TaskParts.Ledger = yield* get(site, `/api/tasks/1/ledger?limit=3${before}`, TaskParts.Ledger)
      expect(page.rows.length).toBe(pages === 0 ? 3 : 1)
      rows.push(...page.rows)
      next = page.next
    }
    expect(rows.map(({ by, event, from, to }) => [event, by, from, to])).toEqual([
      ["Unblock", "operator", "blocked", "backlog"],
      ["Block", "operator", "backlog", "blocked"],
      ["Unblock", "operator", "blocked", "backlog"],
      ["Block", "operator", "backlog", "blocked"]
    ])
    expect(rows[1]?.detail).toMatchObject({ reason: { _tag: "Operator", text: "again" } })
    expect(JSON.stringify(rows[3]?.detail).length).toBeLessThan(2200)
    const first = yield* get(site, "/api/tasks/1/attempts?limit=2", TaskParts.Attempts)
    expect([first.attempts.map(({ number }) => number), first.next]).toEqual([[3, 2], 2])
    const rest = yield* get(site, "/api/tasks/1/attempts?before=2", TaskParts.Attempts)
    expect([rest.attempts.map(({ number }) => number), rest.next]).toEqual([[1], null])
    expect(rest.attempts[0]?.runs).toMatchObject([{ run: 7, verdict: "PASS", has_output: true }])
    const run = yield* get(site, "/api/tasks/1/runs/7", TaskParts.VerifierRun)
    expect(run.output).toBe("checked\n")
    const missing = yield* json(site, "/api/tasks/1/runs/8")
    expect([missing.status, problemOf(missing.body).code]).toEqual([404, "not_found"])
  })
)

it.scopedLive("BRD-5 every file of output is listed, and read from any byte; what it says is data", () =>
  Effect.gen(function* () {
    const site = yield* worked
    const listed = yield* get(site, "/api/tasks/1/outputs", TaskParts.Outputs)
    expect(
      listed.files.map(({ attempt, is_over, is_removed, run, size, stream }) => [
        attempt,
        stream,
        run,
        size,
        is_over,
        is_removed
      ])
    ).toEqual([
      [3, "stdout", null, 28, false, false],
      [3, "stderr", null, 0, false, false],
      [2, "stdout", null, 28, true, false],
      // It was there, and is not any more.
      [2, "stderr", null, null, true, true],
      [1, "stdout", null, 28, true, false],
      [1, "stderr", null, 0, true, false],
      [1, "verifier", 7, 8, true, false]
    ])
    const read = (query: string) => get(site, `/api/tasks/1/output?${query}`, TaskParts.OutputPart)
    const all = yield* read("attempt=1&stream=stdout")
    expect(all).toMatchObject({ start: 0, end: 28, size: 28, is_over: true })
    expect(all.lines.map(({ at, text }) => [at, text])).toEqual([
      [0, "first of 1"],
      [11, "<b>second</b>"],
      [25, "thi"]
    ])
    const open = yield* read("attempt=3&stream=stdout")
    expect([open.lines.length, open.end]).toEqual([2, 25])
    expect((yield* read("attempt=3&stream=stdout&from=25")).lines).toEqual([])
    expect((yield* read("attempt=1&stream=stdout&near=3")).lines[0]?.at).toBe(11)
    expect((yield* read("attempt=1&stream=stdout&before=11")).lines.map(({ text }) => text)).toEqual(["first of 1"])
    expect((yield* read("attempt=1&stream=verifier&run=7")).lines.map(({ text }) => text)).toEqual(["checked"])
    expect(yield* read("attempt=2&stream=stderr")).toMatchObject({ size: null, is_removed: true, lines: [] })
    for (const [query, status, field] of [
      ["attempt=1", 400, "stream"],
      ["stream=stdout", 400, "attempt"],
      ["attempt=1&stream=stdot", 400, "stream"],
      ["attempt=1&stream=stdout&from=1&near=2", 400, "from"],
      ["attempt=1&stream=stdout&from=-1", 400, "from"],
      ["attempt=1&stream=stdout&limit=300000", 400, "limit"],
      ["attempt=9&stream=stdout", 404, undefined],
      ["attempt=1&stream=verifier&run=8", 404, undefined],
      ["attempt=1&stream=verifier", 404, undefined]
    ] as const) {
      const answer = yield* json(site, `/api/tasks/1/output?${query}`)
      expect([query, answer.status, problemOf(answer.body).fields?.[0]?.field]).toEqual([query, status, field])
    }
  })
)

it.scopedLive(
  "BRD-5 the graph of a task has what it waits for, what waits for it and its batch, and no more than 500",
  () =>
    Effect.gen(function* () {
      const site = yield* withTasks
      yield* post(site, "/api/tasks", { ...one, name: "four", depends_on: [1, 2] })
      yield* post(site, "/api/tasks", { ...one, name: "five", depends_on: [4] })
      const around = yield* get(site, "/api/tasks/4/graph", TaskParts.Graph)
      expect(around.nodes[0]).toMatchObject({
        id: 4,
        name: "four",
        column: "backlog",
        badge: "active",
        state: "PENDING"
      })
      expect(around.nodes.map(({ id }) => Number(id)).toSorted((a, b) => a - b)).toEqual([1, 2, 4, 5])
      expect(around.edges.toSorted((a, b) => a.to - b.to || a.from - b.from)).toEqual([
        { from: 1, to: 4 },
        { from: 2, to: 4 },
        { from: 4, to: 5 }
      ])
      // From its end the chain is the same.
      const end = yield* get(site, "/api/tasks/5/graph", TaskParts.Graph)
      expect(new Set(end.nodes.map(({ id }) => id))).toEqual(new Set([1, 2, 4, 5]))
      yield* post(site, "/api/tasks/1/cancel")
      yield* post(site, "/api/tasks/1/archive")
      const archived = yield* get(site, "/api/tasks/4/graph", TaskParts.Graph)
      expect(archived.nodes.find(({ id }) => id === 1)).toMatchObject({ column: "archived", state: "CANCELLED" })
      expect(archived.is_cut).toBe(false)
      const many = Array.from({ length: 501 }, (_, index) => newTask(`t${index}`, index === 0 ? [] : ["t0"]))
      const { tasks } = yield* site.store.submit(submission(many))
      const cut = yield* get(site, `/api/tasks/${existing(tasks[3]).id}/graph`, TaskParts.Graph)
      expect([cut.nodes.length, cut.is_cut]).toEqual([500, true])
      expect(cut.nodes.slice(0, 2).map(({ name }) => name)).toEqual(["t3", "t0"])
    })
)

it.scopedLive("BRD-5 what is another in a task's directory is told as text, and why where it can not be told", () =>
  Effect.gen(function* () {
    const repository = yield* folder
    const git = (...args: ReadonlyArray<string>) =>
      execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@localhost", ...args], {
        cwd: repository,
        stdio: "ignore"
      })
    const site = yield* serving()
    yield* post(site, "/api/tasks", { ...one, cwd: repository })
    const look = get(site, "/api/tasks/1/diff", TaskParts.Diff)
    expect(yield* look).toMatchObject({ state: "untold", why: "nobody has worked on it yet" })
    const [task] = yield* site.store.tasks({})
    const attempt = { record: attemptOf(existing(task), 1, { createdAt: Date.now() }), phase: "created" } as const
    yield* site.store.write(beside(existing(task), { attempt }))
    expect(yield* look).toMatchObject({ state: "untold", why: "it is no git repository" })
    git("init", "-q")
    writeFileSync(join(repository, "a.txt"), "one\n")
    git("add", ".")
    execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-qm", "a"], {
      cwd: repository,
      env: { ...process.env, GIT_COMMITTER_DATE: "2001-01-01T00:00:00Z", GIT_AUTHOR_DATE: "2001-01-01T00:00:00Z" }
    })
    expect(yield* look).toMatchObject({ state: "unchanged", text: "" })
    writeFileSync(join(repository, "a.txt"), "one\n<script>two</script>\n")
    const changed = yield* look
    expect(changed).toMatchObject({ state: "changed", is_cut: false, directory: repository })
    expect(changed.text).toContain("\n+<script>two</script>")
    writeFileSync(join(repository, "b.txt"), "long\n".repeat(100_000))
    const long = yield* look
    expect([long.is_cut, long.text.length]).toEqual([true, 256 * 1024])
  })
)

it.scopedLive("BRD-5 nothing of a task that is not there is told, and nothing of it is made", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const before = yield* written(site)
    for (const part of ["ledger", "attempts", "runs/1", "outputs", "output?attempt=1&stream=stdout", "graph", "diff"]) {
      const answer = yield* json(site, `/api/tasks/99/${part}`)
      expect([part, answer.status]).toEqual([part, 404])
    }
    for (const query of ["ledger?limit=501", "attempts?limit=0", "outputs?befor=1", "graph?x=1"]) {
      const answer = yield* json(site, `/api/tasks/1/${query}`)
      expect([query, answer.status]).toEqual([query, query.startsWith("graph") ? 200 : 400])
    }
    expect(yield* written(site)).toBe(before)
  })
)

it.scopedLive("GRD-2 who knows of an item says so over HTTP too, twice as once", () =>
  Effect.gen(function* () {
    const site = yield* serving()
    yield* site.store.noteAttention(1000, null, [{ _tag: "Raise", key: "k", text: "look" }])
    const [item] = yield* site.store.attention
    const path = `/attention/${existing(item).id}/acknowledge`
    const first = yield* post(site, path)
    expect(first.status).toBe(200)
    const { acknowledged_at } = Schema.decodeUnknownSync(FleetWire.Acknowledged, exact)(first.body)
    expect(yield* post(site, path)).toEqual({ status: 200, body: { id: existing(item).id, acknowledged_at } })
    expect((yield* site.store.attention)[0]?.acknowledgedAt).toBe(Date.parse(acknowledged_at))
    expect((yield* post(site, "/attention/99/acknowledge")).status).toBe(404)
    expect((yield* json(site, path, { body: "{}", headers: { "x-drover-deadline": "1" } })).status).toBe(409)
  })
)
