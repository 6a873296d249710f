/** Work that lands: a real supervisor, a real repository with its user's checkout, real agents. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { Flow } from "../../../core/task/Flow.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { Store } from "../../../shell/store/Store.ts"
import { git } from "../git/Repository.ts"
import {
  type Folder,
  operate,
  scenario,
  stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

const repositoryIn = (folder: Folder): Effect.Effect<string> =>
  Effect.promise(async () => {
    const repository = folder.directory("repository")
    await git(repository, ["init", "-q", "-b", "main"])
    writeFileSync(join(repository, "file"), "one\n")
    writeFileSync(join(repository, "other"), "one\n")
    await git(repository, ["add", "-A"])
    await git(repository, ["commit", "-qm", "first"])
    return repository
  })

const inGit = (repository: string, ...args: ReadonlyArray<string>) => Effect.promise(() => git(repository, args))

const flow: Partial<Flow> = { merge: "squash" }
const lands = (repository: string, more: Partial<Spec> = {}): Partial<Spec> => ({
  isolate: "worktree",
  maxRetries: 1,
  target: { repository: join(repository, ".git"), branch: "main", prefix: "" },
  ...more
})

const commit = "git -c user.name=Ann -c user.email=ann@example.org commit -qam"

it(
  "WRK-3 what an agent has committed lands as one commit on the branch, its user's clean checkout shows it, and nothing is left over",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        writeFileSync(join(repository, "notes"), "the user's own\n")
        const script = `echo two >>file; ${commit} "Say two"; echo three >>file; ${commit} "Say three"`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository), verify: ["grep -q three file"] })
        )
        const { stopAgents } = yield* supervise
        const { stage } = yield* untilStage(id("a"), "Done")
        const tip = yield* inGit(repository, "rev-parse", "main")
        expect(stage).toMatchObject({ landing: { _tag: "Merged", commit: tip }, verified: true })
        expect(yield* inGit(repository, "log", "--format=%an %P", "-1")).toBe(
          `Ann ${yield* inGit(repository, "rev-parse", "main~1")}`
        )
        expect(yield* inGit(repository, "log", "--format=%B", "-1")).toBe(
          `a\n\n- Say two\n- Say three\n\nDrover-Task: #${id("a")}`
        )
        expect(yield* inGit(repository, "rev-list", "--count", "main")).toBe("2")
        expect(readFileSync(join(repository, "file"), "utf8")).toBe("one\ntwo\nthree\n")
        expect(yield* inGit(repository, "status", "--porcelain")).toBe("?? notes")
        yield* untilTrue(() => readdirSync(folder.places.worktrees).every((name) => name.endsWith(".json")))
        expect(yield* inGit(repository, "for-each-ref", "refs/drover/land")).toBe("")
        yield* stopAgents
      })
    ),
  120_000
)
