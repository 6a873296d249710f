/** What a provider's limit does to a fleet of real programs. */
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { usesAccount } from "../../../core/execution/Execution.ts"
import { Store } from "../../../shell/store/Store.ts"
import {
  configured,
  type Folder,
  scenario,
  stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

const agent = (name: string, account: string, script: string) => ({
  name,
  kind: "command" as const,
  command: "/bin/sh",
  args: ["-c", script],
  env: {},
  passEnv: [],
  model: null,
  account
})

/** A record that Claude Code prints when the plan is used up; the time in milliseconds. */
const limitedFor = (seconds: number): string =>
  `now=$(date +%s%3N); until=$((now + ${seconds * 1000})); echo $until >>until; ` +
  `echo "{\\"type\\":\\"rate_limit_event\\",\\"rate_limit_info\\":{\\"status\\":\\"rejected\\",\\"resetsAt\\":$until}}"; exit 1`

const refused = `echo '{"type":"result","is_error":true,"api_error_status":401,"result":"Invalid API key"}'; exit 1`

/** Notes when it begins, whole or not at all, then works until it may end. */
const works = (folder: Folder, name: string): string => {
  const path = join(folder.path, name)
  return `date +%s%3N >${path}.now; mv ${path}.now ${path}.began; while [ ! -e ${path}.go ]; do sleep 0.02; done`
}

const begun = (folder: Folder, name: string): boolean => existsSync(join(folder.path, `${name}.began`))
const go = (folder: Folder, ...names: ReadonlyArray<string>): void => {
  for (const name of names) writeFileSync(join(folder.path, `${name}.go`), "")
}

/** What the store answers once it holds. */
const eventually = <A, E>(look: Effect.Effect<A, E>, holds: (value: A) => boolean): Effect.Effect<A, E> =>
  Effect.flatMap(look, (value) =>
    holds(value) ? Effect.succeed(value) : Effect.zipRight(Effect.sleep(20), eventually(look, holds))
  )

it("TCK-10 a limit holds up its account and no other, and costs no attempt", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      const of = (name: string, account: string, script: string) =>
        task(name, folder.directory(name), "", { spec: { maxRetries: 0, agent: agent(name, account, script) } })
      const first = yield* submit(of("meets", "plan", limitedFor(3600)))
      yield* supervise
      const id = first("meets")
      const limited = yield* until(id, ({ execution }) => execution._tag === "Limited" && execution.carrier === null)
      const limit = Number(folder.read("meets/until"))
      expect(limited.execution).toMatchObject({ resumeAt: limit })
      expect(limited.facts.attemptsUsed).toBe(0)
      const account = { id: "plan", window: { _tag: "Limited", until: limit }, pause: null }
      expect(yield* store.accounts).toEqual([account])

      // Two are submitted at once: the one under another account is done, the one under this account has not begun.
      const idOf = yield* submit(
        of("meets", "plan", limitedFor(3600)),
        of("waits", "plan", `: >${join(folder.path, "began")}`),
        of("other", "elsewhere", "true")
      )
      yield* untilStage(idOf("other"), "Done")
      expect(existsSync(join(folder.path, "began"))).toBe(false)
      expect((yield* stored(idOf("waits"))).facts.nextAttempt).toBe(1)
      expect(yield* store.accounts).toEqual([account])
    })
  ))

it("TCK-10 when a limit ends one goes first, and after its clean end two at once", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      const meets = `if [ ! -e until ]; then ${limitedFor(4)}; fi; ${works(folder, "meets")}`
      const of = (name: string, script = works(folder, name)) =>
        task(name, folder.directory(name), "", { spec: { maxRetries: 0, agent: agent(name, "plan", script) } })
      const first = yield* submit(of("meets", meets))
      yield* supervise
      const id = first("meets")
      yield* until(id, ({ execution }) => execution._tag === "Limited" && execution.carrier === null)
      const limit = Number(folder.read("meets/until"))
      const names = ["meets", "second", "third", "fourth"]
      const idOf = yield* submit(of("meets", meets), of("second"), of("third"), of("fourth"))
      const atWork = Effect.map(store.tasks({}), (tasks) =>
        tasks.filter(({ execution }) => usesAccount(execution)).map(({ spec }) => spec.name)
      )
      yield* untilTrue(() => names.some((name) => begun(folder, name)))
      const [canary] = yield* atWork
      expect(yield* atWork).toEqual([canary])
      expect((yield* store.accounts)[0]?.window).toMatchObject({ _tag: "Canary", until: limit })
      expect(Number(folder.read(`${canary}.began`))).toBeGreaterThanOrEqual(limit)
      go(folder, `${canary}`)
      // There are places for all.
      yield* eventually(atWork, (working) => working.length === 2 && !working.includes(`${canary}`))
      expect((yield* store.accounts)[0]?.window).toEqual({ _tag: "Ramp", width: 2 })
      go(folder, ...names)
      for (const name of names) yield* untilStage(idOf(name), "Done")
      expect((yield* store.attempts(id)).map(({ outcome }) => outcome)).toEqual(["Limited", "Clean"])
    })
  ))

it("TCK-10 a canary that works for a while has proved enough, and others follow while it works on", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const store = yield* Store
        const meets = `if [ ! -e until ]; then ${limitedFor(1)}; fi; ${works(folder, "meets")}`
        const of = (name: string, script = works(folder, name)) =>
          task(name, folder.directory(name), "", { spec: { agent: agent(name, "plan", script) } })
        const first = yield* submit(of("meets", meets))
        yield* supervise
        yield* until(first("meets"), ({ execution }) => execution._tag === "Limited")
        const idOf = yield* submit(of("meets", meets), of("second"))
        yield* untilTrue(() => begun(folder, "meets") && begun(folder, "second"))
        go(folder, "meets", "second")
        for (const name of ["meets", "second"]) yield* untilStage(idOf(name), "Done")
        const ledgers = [...(yield* store.ledger(idOf("meets"))), ...(yield* store.ledger(idOf("second")))]
        const names = ledgers.map(({ event }) => (event._tag === "ExecutionMoved" ? event.event._tag : event._tag))
        expect(names).toContain("Sustained")
      }),
    () => configured({ policy: { canaryMs: 200, maxConcurrent: 3 } })
  ))

it("TCK-10 refused credentials pause the account until a person resumes it, cost no attempt and are told", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      const script = `if [ ! -e key ]; then ${refused}; fi`
      const spec = { maxRetries: 0, agent: agent("keyed", "plan", script) }
      const cwd = folder.directory("work")
      const idOf = yield* submit(task("keyed", cwd, "", { spec }))
      yield* supervise
      const id = idOf("keyed")
      yield* until(id, ({ execution }) => execution._tag === "Limited" && execution.carrier === null)
      expect(yield* store.accounts).toMatchObject([
        { id: "plan", pause: { why: expect.stringContaining("credentials") } }
      ])
      expect(yield* store.attention).toMatchObject([{ key: "account:plan:paused" }])
      writeFileSync(join(cwd, "key"), "")
      expect(yield* store.resumeAccount("plan", Date.now())).toBe(true)
      const done = yield* untilStage(id, "Done")
      expect(done.facts.attemptsUsed).toBe(0)
      expect(yield* store.attention).toEqual([])
    })
  ))
