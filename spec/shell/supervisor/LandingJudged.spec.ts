/** Landings that a model judges: a real supervisor and repository, and a program that plays the model. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import type { Judge } from "../../../core/verify/Verifier.ts"
import { Store } from "../../../shell/store/Store.ts"
import { commit, flow, inGit, lands, merge, repositoryIn, told } from "./Landing.ts"
import { type Folder, scenario, submit, supervise, task, untilStage } from "./World.ts"

/** Says what it thinks, at a quarter of a dollar; it is asked with what lands in its prompt. */
const brain = (folder: Folder, thinks: string): Judge => {
  const result = (verdict: string): string =>
    `printf '%s\\n' '{"type":"result","is_error":false,"total_cost_usd":0.25,"result":"I looked.\\nVERDICT: ${verdict}"}'`
  const file = join(folder.path, "brain.sh")
  writeFileSync(
    file,
    `echo x >>${folder.path}/asked\npass() {\n${result("PASS")}\n}\nfail() {\n${result("FAIL")}\n}\n${thinks}\n`
  )
  return {
    _tag: "Brain",
    prompt: "Is it good?",
    timeoutMin: 1,
    definition: { name: "brain", kind: "command", command: "/bin/sh", args: [file], env: {}, passEnv: [], model: null }
  }
}

const moves = (repository: string): string =>
  `(cd ${repository}; touch theirs; git add theirs; git -c user.name=u -c user.email=u@example.org commit -qm theirs)`

it(
  "WRK-3 a model that passed the work judges anew what would land, sees all of it, and every answer is paid for",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        // Of what lands it is shown the work, and not what others have done meanwhile.
        const thinks = `if ${told("echo two")} || ! ${told("+two")} || ${told("theirs")}; then fail; else pass; fi`
        const verify = [brain(folder, thinks)]
        const script = `echo two >>file; ${commit} two; ${moves(repository)}`
        const id = yield* submit(task("a", repository, script, { flow, spec: { ...lands(repository), verify } }))
        const { stopAgents } = yield* supervise
        const { facts, stage } = yield* untilStage(id("a"), "Done")
        expect(stage).toMatchObject({ verified: true })
        expect(facts.spentUsd).toBe(0.5)
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\ntheirs\nfirst")
        yield* stopAgents
      })
    ),
  300_000
)

it(
  "WRK-5 what a model turns down on landing goes back to its agent with what the model said, and is paid for",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const thinks = "if test -e theirs && ! test -e mended; then fail; else pass; fi"
        const verify = [brain(folder, thinks)]
        const script = `if ${told("I looked.")}; then ${merge} main; touch mended; git add mended; else echo two >>file; fi; ${commit} two; test -e mended || ${moves(repository)}`
        const id = yield* submit(task("a", repository, script, { flow, spec: { ...lands(repository), verify } }))
        const { stopAgents } = yield* supervise
        const { facts } = yield* untilStage(id("a"), "Done")
        // In the worktree, on landing, and in the worktree again; what passed there lands as it is.
        expect(facts.spentUsd).toBe(0.75)
        const store = yield* Store
        expect((yield* store.attempts(id("a"))).map(({ attempt }) => attempt.role)).toEqual(["coder", "coder"])
        yield* stopAgents
      })
    ),
  300_000
)
