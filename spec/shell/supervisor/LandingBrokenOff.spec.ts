/** Landings that are broken off: a real supervisor, a real repository with its user's checkout, real agents. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import * as Landings from "../../../shell/git/Landings.ts"
import { LandingFailed } from "../../../shell/git/LandingService.ts"
import type { Worktrees } from "../../../shell/git/Worktrees.ts"
import { commit, flow, inGit, lands, repositoryIn } from "./Landing.ts"
import { type Folder, operate, scenario, stored, submit, supervise, task, untilStage, untilTrue } from "./World.ts"

/** A check that waits, where it runs for a landing, and says so; the branch has moved, so that there is one. */
const waiting = (folder: Folder): string =>
  `case $PWD in *.l*) echo $PWD >>${folder.path}/landings; while ! test -e ${folder.path}/go; do sleep 0.02; done;; esac`

const movesMain = (repository: string): string =>
  `cd ${repository}; echo moved >>other; git -c user.name=u -c user.email=u@example.org commit -qam moved`

const linesOf = (path: string): number => (existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0)

it(
  "WRK-4 a supervisor that ends in the middle of a landing counts no failure: the next one ends what was left of it and lands anew",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const script = `echo two >>file; ${commit} two; ${movesMain(repository)}`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository, { maxRetries: 0 }), verify: [waiting(folder)] })
        )
        const first = yield* supervise
        yield* untilTrue(() => linesOf(join(folder.path, "landings")) === 1)
        yield* first.end
        const { stopAgents } = yield* supervise
        yield* untilTrue(() => linesOf(join(folder.path, "landings")) === 2)
        expect((yield* stored(id("a"))).facts.strikes).toBe(0)
        writeFileSync(join(folder.path, "go"), "")
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nmoved\nfirst")
        yield* stopAgents
      })
    ),
  120_000
)

it(
  "WRK-4 a task that is frozen in the middle of its landing has nothing running and nothing landed, and lands when it goes on",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const script = `echo two >>file; ${commit} two; ${movesMain(repository)}`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository), verify: [waiting(folder)] })
        )
        const { stopAgents } = yield* supervise
        yield* untilTrue(() => linesOf(join(folder.path, "landings")) === 1)
        yield* operate(id("a"), { _tag: "Freeze" })
        yield* untilStage(id("a"), "Frozen")
        expect(readdirSync(folder.places.worktrees).filter((name) => name.includes(".l"))).toEqual([])
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("moved\nfirst")
        writeFileSync(join(folder.path, "go"), "")
        yield* operate(id("a"), { _tag: "Unfreeze" })
        yield* untilStage(id("a"), "Done")
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nmoved\nfirst")
        yield* stopAgents
      })
    ),
  120_000
)

/** The first time that a run is to be disarmed comes to something else. */
const disarmingOnce = (failure: Effect.Effect<never, LandingFailed>) => {
  let isBroken = false
  return (real: Layer.Layer<Landings.Landings, never, Worktrees>) =>
    Layer.provideMerge(
      Layer.effect(
        Landings.Landings,
        Effect.map(Landings.Landings, (service) => ({
          ...service,
          disarm: (...asked: Parameters<typeof service.disarm>) => {
            if (isBroken) return service.disarm(...asked)
            isBroken = true
            return failure
          }
        }))
      ),
      real
    )
}

it(
  "WRK-4 what a supervisor has left of a landing when it ended is taken away by the next one: the ref that armed it, and its worktree",
  () =>
    scenario(
      (folder) =>
        Effect.gen(function* () {
          const repository = yield* repositoryIn(folder)
          const refs = () => inGit(repository, "for-each-ref", "refs/drover/land")
          const id = yield* submit(
            task("a", repository, `echo two >>file; ${commit} two`, { flow, spec: lands(repository) })
          )
          const first = yield* supervise
          yield* untilStage(id("a"), "Done")
          yield* first.end
          const { stopAgents } = yield* supervise
          yield* untilTrue(() => !readdirSync(folder.places.worktrees).some((name) => name.includes(".l")))
          expect(yield* refs()).toBe("")
          expect(yield* inGit(repository, "worktree", "list", "--porcelain")).not.toContain(".l")
          yield* stopAgents
        }),
      undefined,
      disarmingOnce(Effect.dieMessage("a crash"))
    ),
  120_000
)

it(
  "TCK-8 a landing that could not be broken off at first is tried again, until nothing of it is left",
  () =>
    scenario(
      (folder) =>
        Effect.gen(function* () {
          const repository = yield* repositoryIn(folder)
          const script = `echo two >>file; ${commit} two; ${movesMain(repository)}`
          const id = yield* submit(
            task("a", repository, script, { flow, spec: lands(repository), verify: [waiting(folder)] })
          )
          const { stopAgents } = yield* supervise
          yield* untilTrue(() => linesOf(join(folder.path, "landings")) === 1)
          yield* operate(id("a"), { _tag: "Freeze" })
          yield* untilStage(id("a"), "Frozen")
          expect(readdirSync(folder.places.worktrees).filter((name) => name.includes(".l"))).toEqual([])
          yield* stopAgents
        }),
      undefined,
      disarmingOnce(new LandingFailed({ operation: "git update-ref", path: "", cause: "it is locked" }))
    ),
  120_000
)

it.each(["before", "after"] as const)(
  "WRK-4 a landing that is broken off just %s its branch moves is looked up, and lands once",
  (moment) => {
    let isBroken = false
    return scenario(
      (folder) =>
        Effect.gen(function* () {
          const repository = yield* repositoryIn(folder)
          const id = yield* submit(
            task("a", repository, `echo two >>file; ${commit} two`, {
              flow,
              spec: lands(repository, { maxRetries: 0 })
            })
          )
          const { stopAgents } = yield* supervise
          const { facts } = yield* untilStage(id("a"), "Done")
          expect([isBroken, facts.strikes]).toEqual([true, 0])
          expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nfirst")
          expect(yield* inGit(repository, "status", "--porcelain")).toBe("")
          yield* stopAgents
        }),
      undefined,
      (real) =>
        Layer.provideMerge(
          Layer.effect(
            Landings.Landings,
            Effect.map(Landings.Landings, (service) => ({
              ...service,
              move: (...asked: Parameters<typeof service.move>) => {
                if (isBroken) return service.move(...asked)
                isBroken = true
                const crash = Effect.dieMessage("a crash")
                return moment === "before" ? crash : Effect.zipRight(service.move(...asked), crash)
              }
            }))
          ),
          real
        )
    )
  },
  120_000
)
