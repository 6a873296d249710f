/** Work that is to land and that nobody commits: a real supervisor, a real repository. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { commit, flow, inGit, lands, repositoryIn, told } from "./Landing.ts"
import { configured, scenario, submit, supervise, task, untilStage } from "./World.ts"

it(
  "EXE-7 who is asked to commit and does nothing is stopped at the third time, who goes on editing at the cap, and both are for a person",
  () =>
    scenario(
      (folder) =>
        Effect.gen(function* () {
          const repository = yield* repositoryIn(folder)
          const own = { flow, spec: lands(repository) }
          const id = yield* submit(
            task("idle", repository, "test -e new || echo work >new", own),
            task("busy", repository, "echo more >>file", own)
          )
          const { stopAgents } = yield* supervise
          const store = yield* Store
          const modes = Effect.fnUntraced(function* (name: string) {
            return (yield* store.attempts(id(name))).map(({ attempt: { mode } }) => mode)
          })
          const commits = (count: number) => ["Cold", ...Array.from({ length: count }, () => "CommitOnly")]
          expect((yield* untilStage(id("idle"), "Blocked")).stage).toMatchObject({ reason: { _tag: "NoProgress" } })
          expect(yield* modes("idle")).toEqual(commits(3))
          expect((yield* untilStage(id("busy"), "Blocked")).stage).toMatchObject({ reason: { _tag: "NeverCommitted" } })
          expect(yield* modes("busy")).toEqual(commits(4))
          yield* stopAgents
        }),
      () => configured({ policy: { maxRespawnsWithoutCommit: 5 } })
    ),
  300_000
)

it(
  "EXE-8 what was committed before an agent failed is judged and lands, and what it left uncommitted is asked for first",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const own = { flow, spec: lands(repository, { maxRetries: 0 }), verify: ["grep -q two file"] }
        const id = yield* submit(
          task("committed", repository, `echo two >>file; ${commit} two; exit 7`, own),
          task(
            "half",
            repository,
            `if ${told("Only commit")}; then git add -A; ${commit} rest; else echo two >>file; ${commit} two; echo rest >rest; exit 7; fi`,
            { ...own, after: ["committed"], verify: ["test -e rest"] }
          )
        )
        const { stopAgents } = yield* supervise
        const store = yield* Store
        for (const name of ["committed", "half"]) yield* untilStage(id(name), "Done")
        expect((yield* store.attempts(id("committed"))).map(({ outcome }) => outcome)).toEqual(["Forced"])
        expect((yield* store.attempts(id("half"))).map(({ outcome }) => outcome)).toEqual(["Forced", "Clean"])
        expect(yield* inGit(repository, "ls-tree", "--name-only", "main")).toBe("file\nother\nrest")
        yield* stopAgents
      })
    ),
  300_000
)
