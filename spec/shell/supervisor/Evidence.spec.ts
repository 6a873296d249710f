/** What a supervisor learns about the attempts of real programs: whether they got anywhere, and what they cost. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { DeathFacts } from "../../../core/execution/ExecutionEvent.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import { Store } from "../../../shell/store/Store.ts"
import { git } from "../git/Repository.ts"
import { configured, operate, scenario, stored, submit, supervise, task, untilStage } from "./World.ts"

/** What was found at the end of each attempt of a task. */
const deaths = (id: TaskId): Effect.Effect<ReadonlyArray<DeathFacts>, unknown, Store> =>
  Effect.gen(function* () {
    const store = yield* Store
    return (yield* store.ledger(id)).flatMap(({ event }) =>
      event._tag === "ExecutionMoved" && event.event._tag === "VerifiedDead" ? [event.event.facts] : []
    )
  })

/** A program that does one thing more with each attempt; it counts them outside of its directory. */
const steps = (count: string, ...each: ReadonlyArray<string>): string =>
  `echo x >>${count}; case $(wc -l <${count}) in ${each.map((step, at) => `${at + 1}) ${step};;`).join(" ")} esac; exit 3`

const reads = (path: string): string => {
  const use = { type: "tool_use", id: "t", name: "Read", input: { file_path: path } }
  return `echo '${JSON.stringify({ type: "assistant", message: { content: [use] } })}'`
}

const costs = (session: string, usd: number): string =>
  `echo '${JSON.stringify({ type: "result", is_error: true, session_id: session, total_cost_usd: usd })}'`

it("EXE-7 changed content and newly read files are progress, the same files with the same content are none", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      writeFileSync(join(cwd, "a.txt"), "one")
      yield* Effect.promise(() => git(cwd, ["init", "-q"]))
      const script = steps(
        join(folder.path, "count"),
        "printf two >a.txt",
        "true",
        reads("/doc.md"),
        reads("/doc.md"),
        // The same bytes, written anew.
        "printf two >a.txt",
        "printf one >untracked"
      )
      const outside = folder.directory("outside")
      const idOf = yield* submit(
        task("works", cwd, script, { spec: { maxRetries: 5 } }),
        task("unaddressed", outside, "exit 3", { spec: { maxRetries: 0 } })
      )
      yield* supervise
      yield* untilStage(idOf("works"), "Blocked")
      const found = yield* deaths(idOf("works"))
      expect(found.map(({ progressed }) => progressed)).toEqual([true, false, true, false, false, true])
      expect(new Set(found.map(({ tree }) => tree)).size).toBe(2)
      const store = yield* Store
      const attempts = yield* store.attempts(idOf("works"))
      const after = attempts.map(({ treeAfter }) => treeAfter)
      expect(after).toEqual(found.map(({ tree }) => tree))
      expect(attempts.slice(1).map(({ treeBefore }) => treeBefore)).toEqual(after.slice(0, -1))
      // Where content has no address nobody can say that nothing was done.
      yield* untilStage(idOf("unaddressed"), "Blocked")
      expect(yield* deaths(idOf("unaddressed"))).toMatchObject([{ progressed: true, tree: "-" }])
    })
  ))

it("EXE-9 a conversation that goes on over attempts and supervisors is paid once, though its program tells its whole cost", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const script = steps(join(folder.path, "count"), costs("s", 0.5), costs("s", 0.75), costs("s", 2), costs("t", 1))
      const idOf = yield* submit(task("pays", folder.directory("work"), script, { spec: { maxRetries: 1 } }))
      const id = idOf("pays")
      const first = yield* supervise
      yield* untilStage(id, "Blocked")
      yield* first.end
      // Another supervisor knows of the conversation from the store alone.
      yield* operate(id, { _tag: "Unblock", budgetUsd: null })
      yield* supervise
      const blocked = yield* untilStage(id, "Blocked")
      expect((yield* deaths(id)).map(({ costUsd }) => costUsd)).toEqual([0.5, 0.25, 1.25, 1])
      expect(blocked.facts).toMatchObject({ spentUsd: 3, hasUnknownCost: false })
      const store = yield* Store
      expect((yield* store.attempts(id)).map(({ progress }) => progress.costUsd)).toEqual([0.5, 0.25, 1.25, 1])
    })
  ))

it("EXE-9 where a program tells tokens only they cost what the price of its model says; without one it is not known", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const record = { type: "result", is_error: false, usage: { input_tokens: 500_000, output_tokens: 100_000 } }
        const says = `echo '${JSON.stringify(record)}'`
        const idOf = yield* submit(
          task("priced", folder.directory("a"), says, { spec: { model: "large" } }),
          task("unpriced", folder.directory("b"), says, { spec: { model: "unheard of" } })
        )
        yield* supervise
        for (const name of ["priced", "unpriced"]) yield* untilStage(idOf(name), "Done")
        expect((yield* stored(idOf("priced"))).facts).toMatchObject({ spentUsd: 2, hasUnknownCost: false })
        expect((yield* stored(idOf("unpriced"))).facts).toMatchObject({ spentUsd: 0, hasUnknownCost: true })
      }),
    () => configured({ prices: new Map([["large", { input: 2, output: 10, cacheRead: 0, cacheWrite: 0 }]]) })
  ))
