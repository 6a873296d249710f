/** What the vendors' real programs tell by their hooks, and what becomes of a promise of theirs (`npm run spec:agents`). */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { status } from "../../core/commitment/Commitment.ts"
import * as SqlStore from "../../shell/store/SqlStore.ts"
import { Store } from "../../shell/store/Store.ts"
import type { FoundTask } from "../crash/Found.ts"
import { ask, kill, supervise } from "../crash/Program.ts"
import type { Step } from "./model/Step.ts"
import { type Site, site, until } from "./Site.ts"

/** What is stored beside the tasks. */
const stored = ({ program }: Site) =>
  Effect.gen(function* () {
    const store = yield* Store
    return {
      events: yield* store.hookEvents({ since: 0, limit: 1000 }),
      commitments: yield* store.commitments(10)
    }
  }).pipe(
    Effect.provide(SqlStore.layer({ file: join(program.root, "home/drover.db"), readonly: true })),
    Effect.runPromise
  )

const tracked = "[action_claim]\nenabled = true\n"
const verify = "grep -q goodbye hello.txt"
const modes = ({ attempts }: FoundTask) => attempts.map(({ attempt }) => attempt.mode)

const commits =
  "git init -q -b main . && git init -q --bare ../remote.git && git remote add origin ../remote.git && " +
  "echo goodbye >hello.txt && git add -A && git -c user.name=a -c user.email=a@localhost commit -qm work"
const promises: ReadonlyArray<Step> = [{ sh: commits }, { text: "Committed. Pushing it now." }]

describe.each(["claude-code", "codex"] as const)("%s", (vendor) => {
  it("STO-6 hooks: what an agent does that drover started is told, each event once, with no file of the user's changed", () =>
    site(vendor, { script: [{ sh: "echo goodbye >hello.txt" }, { text: "I wrote it." }], verify }, async (here) => {
      await here.end()
      const { events } = await stored(here)
      const told = events.map(({ event }) => event.hook)
      for (const hook of ["UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"] as const) {
        expect(told.filter((each) => each === hook)).toEqual([hook])
      }
    }))
})

describe("claude-code", () => {
  it("CLM-7 a promise that is kept: it is reminded of “Pushing it now.” before its work is judged, pushes, and that is seen", () =>
    site(
      "claude-code",
      {
        script: [...promises, { sh: "git push -q origin main" }, { text: "It is pushed." }],
        verify,
        task: "max_retries = 0",
        config: tracked
      },
      async (here) => {
        const found = await here.end()
        expect(found.task.stage).toMatchObject({ _tag: "Done", verified: true })
        expect(modes(found)).toEqual(["Cold", "Nudge"])
        expect(new Set(found.attempts.map(({ progress }) => progress.session)).size).toBe(1)
        expect(here.model.bodies.get("task")?.at(-1)).toContain("Pushing it now")
        const { commitments } = await stored(here)
        expect(commitments.map((each) => [each.verb, status(each)])).toEqual([["push", "delivered"]])
        expect(commitments[0]?.state).toMatchObject({ by: { evidence: { what: "git push -q origin main" } } })
      }
    ))

  it("CLM-8 a promise that is not kept: its work is judged all the same, and a person is told", () =>
    site(
      "claude-code",
      { script: [...promises, { text: "I leave it to you." }], verify, config: tracked },
      async (here) => {
        const found = await here.end()
        expect(found.task.stage).toMatchObject({ _tag: "Done", verified: true })
        expect(modes(found)).toEqual(["Cold", "Nudge"])
        const supervisor = supervise(here.program, ["up"])
        try {
          await until(async () => (await ask(here.program, ["attention", "--json"])).stdout.includes("commitment:1"))
        } finally {
          await kill(supervisor)
        }
        expect((await stored(here)).commitments.map(status)).toEqual(["open"])
      }
    ))
})
