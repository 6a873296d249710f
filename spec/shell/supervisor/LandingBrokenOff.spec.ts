/** Landings that are broken off: a real supervisor, a real repository with its user's checkout, real agents. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import * as Landings from "../../../shell/git/Landings.ts"
import { LandingFailed } from "../../../shell/git/LandingService.ts"
import { commit, flow, inGit, lands, repositoryIn } from "./Landing.ts"
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
  300_000
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
  300_000
)

const crash = Effect.dieMessage("a crash")

type Service = Context.Tag.Service<typeof Landings.Landings>

/** The real world, with a service of landings that fails on purpose. */
const withLandings =
  (change: (service: Service) => Partial<Service>) =>
  <E, R>(real: Layer.Layer<Landings.Landings, E, R>) =>
    Layer.provideMerge(
      Layer.effect(
        Landings.Landings,
        Effect.map(Landings.Landings, (service) => ({ ...service, ...change(service) }))
      ),
      real
    )

it(
  "WRK-7 what a superseded supervisor has left of landings that are over goes when the next one begins",
  () =>
    scenario((folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const own = { flow, spec: lands(repository) }
        const id = yield* submit(
          task("a", repository, `echo two >>file; ${commit} two`, own),
          task("b", repository, "true", { ...own, after: ["c"] }),
          task("c", repository, "true", own)
        )
        const first = yield* supervise
        yield* untilStage(id("a"), "Done")
        yield* first.end
        const worktree = join(folder.places.worktrees, `${id("a")}.l1`)
        yield* inGit(repository, "worktree", "add", "-q", "--detach", worktree, "main")
        const key = createHash("sha256").update(folder.places.worktrees).digest("hex").slice(0, 8)
        const ref = `refs/drover/land/${key}/${id("a")}.1`
        yield* inGit(repository, "update-ref", ref, "main")
        const { stopAgents } = yield* supervise
        yield* untilTrue(() => !existsSync(worktree))
        expect(yield* inGit(repository, "for-each-ref", "refs/drover/land")).toBe("")
        expect(yield* inGit(repository, "worktree", "list", "--porcelain")).not.toContain(".l1")
        yield* stopAgents
      })
    ),
  300_000
)

it.each(["before its branch moves", "after its branch has moved", "before what is left of it goes"] as const)(
  "WRK-4 a landing that is broken off just %s is looked up, lands once and leaves nothing",
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
          expect(readdirSync(folder.places.worktrees).filter((name) => name.includes(".l"))).toEqual([])
          expect(yield* inGit(repository, "for-each-ref", "refs/drover/land")).toBe("")
          yield* stopAgents
        }),
      undefined,
      withLandings((service) => ({
        clear: (...asked: Parameters<typeof service.clear>) => {
          if (isBroken || moment !== "before what is left of it goes") return service.clear(...asked)
          isBroken = true
          return crash
        },
        move: (...asked: Parameters<typeof service.move>) => {
          if (isBroken || moment === "before what is left of it goes") return service.move(...asked)
          isBroken = true
          return moment === "before its branch moves" ? crash : Effect.zipRight(service.move(...asked), crash)
        }
      }))
    )
  },
  300_000
)

it("GRD-2 a stop of a landing that dies of an error of ours is tried again: its task is frozen, and nothing of it runs", () => {
  let deaths = 0
  return scenario(
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
        yield* until(id("a"), ({ execution }) => execution._tag === "Idle")
        expect(deaths).toBe(1)
        expect(readdirSync(folder.places.worktrees).filter((name) => name.includes(".l"))).toEqual([])
        yield* stopAgents
      }),
    undefined,
    withLandings((service) => ({
      disarm: (...asked: Parameters<typeof service.disarm>) => {
        if (deaths > 0) return service.disarm(...asked)
        deaths += 1
        return crash
      }
    }))
  )
}, 120_000)

it("WRK-7 a move that comes so late that its landing is looked up already moves nothing, and the work lands once", () => {
  let late: Effect.Effect<boolean, unknown> | null = null
  const moved: Array<boolean> = []
  return scenario(
    (folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const own = { flow, spec: lands(repository, { maxRetries: 0 }) }
        const id = yield* submit(task("a", repository, `echo two >>file; ${commit} two`, own))
        const { stopAgents } = yield* supervise
        yield* untilTrue(() => moved.length > 0)
        expect(moved).toEqual([false])
        const { facts } = yield* untilStage(id("a"), "Done")
        expect(facts.strikes).toBe(0)
        expect(yield* inGit(repository, "log", "--format=%s", "main")).toBe("two\nfirst")
        yield* stopAgents
      }),
    undefined,
    withLandings((service) => ({
      move: (...asked: Parameters<typeof service.move>) => {
        if (late !== null) return service.move(...asked)
        late = service.move(...asked)
        return crash
      },
      // It was looked, and it had not moved the branch: it must not do so any more.
      has: (...asked: Parameters<typeof service.has>) =>
        Effect.tap(service.has(...asked), () =>
          Effect.map(Effect.orDie(late ?? Effect.die("nothing is late")), (is) => moved.push(is))
        )
    }))
  )
}, 300_000)

it("PRC-2 down --stop-agents ends a landing that is under way, though nobody can take its ref away at first, and it lands later", () => {
  let refusals = 1
  return scenario(
    (folder) =>
      Effect.gen(function* () {
        const repository = yield* repositoryIn(folder)
        const script = `echo two >>file; ${commit} two; ${movesMain(repository)}`
        const id = yield* submit(
          task("a", repository, script, { flow, spec: lands(repository), verify: [waiting(folder)] })
        )
        const first = yield* supervise
        yield* untilTrue(() => linesOf(join(folder.path, "landings")) === 1)
        yield* first.stopAgents
        expect(refusals).toBe(0)
        const { execution, facts, stage } = yield* stored(id("a"))
        expect([stage._tag, execution._tag, facts.strikes]).toEqual(["Merge", "Idle", 0])
        expect(yield* inGit(repository, "for-each-ref", "refs/drover/land")).toBe("")
        writeFileSync(join(folder.path, "go"), "")
        const { stopAgents } = yield* supervise
        yield* untilStage(id("a"), "Done")
        yield* stopAgents
      }),
    undefined,
    withLandings((service) => ({
      disarm: (...asked: Parameters<typeof service.disarm>) => {
        if (refusals === 0) return service.disarm(...asked)
        refusals--
        return Effect.fail(new LandingFailed({ operation: "disarm", path: "", cause: "the disk is full" }))
      }
    }))
  )
}, 300_000)
