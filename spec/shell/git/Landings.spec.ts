/** Landings: what every layer does, and what git, the branch and its checkouts look like before and after. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { RunNumber } from "../../../core/task/Identifiers.ts"
import type { Target } from "../../../core/task/Spec.ts"
import { Landings, layer, layerMemory } from "../../../shell/git/Landings.ts"
import type { Candidate, Run, Work } from "../../../shell/git/LandingService.ts"
import * as Worktrees from "../../../shell/git/Worktrees.ts"
import { taskOf } from "../../core/tick/Worlds.ts"
import { git } from "./Repository.ts"

type Service = Effect.Effect.Success<typeof Landings>

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

interface World {
  readonly service: Service
  readonly target: Target
  /** A branch of a worktree of its own, one commit ahead. */
  readonly work: Work
  readonly landing: (run: number) => Run
}

interface Repository extends World {
  readonly repository: string
  readonly write: (folder: string, file: string, text: string) => Promise<void>
  readonly candidate: (run: number) => Promise<Candidate>
}

const landingOf =
  (target: Target, cwd: string) =>
  (number: number): Run => ({
    task: taskOf({ id: 7, spec: { name: "Make it total", cwd, isolate: "worktree", target } }),
    target,
    run: RunNumber.make(number)
  })

const commitIn = async (folder: string, file: string, text: string, message = `change ${file}`): Promise<void> => {
  mkdirSync(join(folder, file, ".."), { recursive: true })
  writeFileSync(join(folder, file), text)
  await git(folder, ["add", "-A"])
  await git(folder, ["commit", "-qm", message])
}

const within = async (body: (world: Repository) => Promise<void>): Promise<void> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-landings-")))
  try {
    const repository = join(root, "repository")
    const apart = join(root, "apart")
    mkdirSync(repository)
    await git(repository, ["init", "-q", "-b", "main"])
    await commitIn(repository, "part/file", "one\n", "first")
    await git(repository, ["worktree", "add", "-q", "-b", "drover/7", apart])
    await commitIn(apart, "part/file", "two\n")
    const target = { repository: join(repository, ".git"), branch: "main", prefix: "part/" }
    const folder = join(root, "home/worktrees")
    const layers = Layer.provide(layer(folder), Worktrees.layer(folder))
    const service = await run(Effect.provide(Landings, layers))
    const landing = landingOf(target, join(repository, "part"))
    const work = { directory: join(apart, "part"), branch: "drover/7" }
    const candidate = async (number: number): Promise<Candidate> => {
      const base = await git(repository, ["rev-parse", "main"])
      const squash = await run(service.squash(landing(number), base, work))
      if (squash._tag !== "Ready") throw new Error(JSON.stringify(squash))
      return squash.candidate
    }
    await body({ service, target, work, landing, repository, write: commitIn, candidate })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** What every layer does. */
const contract = (name: string, each: (body: (world: World) => Promise<void>) => Promise<void>): void => {
  const tipOf = async ({ service, target }: World): Promise<string> => {
    const base = await run(service.base(target, null))
    if (base === null) throw new Error("the branch is gone")
    return base.commit
  }
  const ready = async (world: World, number: number): Promise<{ readonly from: string; readonly to: string }> => {
    const from = await tipOf(world)
    const squash = await run(world.service.squash(world.landing(number), from, world.work))
    if (squash._tag !== "Ready") throw new Error(JSON.stringify(squash))
    return { from, to: squash.candidate.commit }
  }

  describe(`landings, ${name}`, () => {
    it("WRK-4 only an armed run moves the branch, once, and then the branch has its commit", () =>
      each(async (world) => {
        const { landing, service, target } = world
        const { from, to } = await ready(world, 1)
        expect(await run(service.has(target, to))).toBe(false)
        expect(await run(service.move(landing(1), from, to))).toBe(false)
        expect(await tipOf(world)).toBe(from)
        await run(service.arm(landing(1), to))
        expect(await run(service.move(landing(1), from, to))).toBe(true)
        expect([await tipOf(world), await run(service.has(target, to))]).toEqual([to, true])
        expect(await run(service.move(landing(1), from, to))).toBe(false)
        await run(service.clear(landing(1)))
      }))

    it("WRK-7 a run that was disarmed moves nothing, however late it tries", () =>
      each(async (world) => {
        const { landing, service } = world
        const { from, to } = await ready(world, 1)
        await run(service.arm(landing(1), to))
        await run(service.disarm(landing(1)))
        await run(service.disarm(landing(1)))
        expect(await run(service.move(landing(1), from, to))).toBe(false)
        expect(await tipOf(world)).toBe(from)
      }))

    it("WRK-7 what is left of a landing is told until it is disarmed and its worktree gone", () =>
      each(async (world) => {
        const { landing, service, target } = world
        await run(service.arm(landing(1), (await ready(world, 1)).to))
        const left = await run(service.left([target.repository]))
        expect(new Set(left.map((each) => `${each.task}.${each.run}`))).toEqual(new Set(["7.1"]))
        await run(service.disarm(landing(1)))
        await run(service.clear(landing(1)))
        expect(await run(service.left([target.repository]))).toEqual([])
      }))

    it("WRK-3 a run whose base has moved moves nothing: what it has checked is not what would land", () =>
      each(async (world) => {
        const { landing, service } = world
        const one = await ready(world, 1)
        const other = await ready(world, 2)
        await run(service.arm(landing(1), one.to))
        await run(service.arm(landing(2), other.to))
        expect(await run(service.move(landing(2), other.from, other.to))).toBe(true)
        expect(await run(service.move(landing(1), one.from, one.to))).toBe(false)
        expect(await tipOf(world)).toBe(other.to)
      }))
  })
}

contract("scripted", async (body) => {
  const target = { repository: "/repository/.git", branch: "main", prefix: "" }
  const service = await run(Effect.provide(Landings, layerMemory))
  const work = { directory: "/worktrees/7.2", branch: "drover/7" }
  await body({ service, target, work, landing: landingOf(target, "/repository") })
})
contract("git", within)

const hindered = async (
  { repository, service, target }: Repository,
  to: string | null = null
): Promise<string | null> => {
  const base = await run(service.base(target, to))
  expect(base?.commit).toBe(await git(repository, ["rev-parse", "main"]))
  return base?.held ?? null
}

it("WRK-3 what lands is one commit on the base, by who made the last one, with the words of all", () =>
  within(async ({ candidate, landing, repository, service, work, write }) => {
    const env = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    const one = await candidate(1)
    expect(await git(repository, ["log", "-1", "--format=%B", one.commit])).toBe("change part/file\n\nDrover-Task: #7")
    await write(join(work.directory, ".."), "part/other", "new\n")
    writeFileSync(join(work.directory, "last"), "last\n")
    await git(work.directory, ["add", "-A"])
    await git(work.directory, [...env, "commit", "-qm", "the last\n\nwith a body", "--author=Ann <ann@example.org>"])
    const { commit, directory, unchanged } = await candidate(2)
    expect(await git(repository, ["log", "-1", "--format=%an %cn %P%n%B", commit])).toBe(
      `Ann drover ${await git(repository, ["rev-parse", "main"])}\nMake it total\n\n- change part/file\n- change part/other\n- the last\n\nDrover-Task: #7`
    )
    expect(unchanged).toBe(await git(work.directory, ["rev-parse", "HEAD:part"]))
    expect([directory.endsWith("/7.l2/part"), readFileSync(join(directory, "other"), "utf8")]).toEqual([true, "new\n"])
    await run(service.clear(landing(2)))
    expect(existsSync(directory)).toBe(false)
    expect(await git(repository, ["worktree", "list", "--porcelain"])).not.toContain(".l2")
  }))

it("EXE-15 what comes of the work and a base that has moved is no tree that has passed", () =>
  within(async ({ candidate, repository, write }) => {
    await write(repository, "elsewhere", "moved\n")
    const { commit, unchanged } = await candidate(1)
    expect(unchanged).toBeNull()
    expect(await git(repository, ["show", `${commit}:part/file`])).toBe("two")
    expect(await git(repository, ["show", `${commit}:elsewhere`])).toBe("moved")
  }))

it("WRK-5 a conflict names its files, odd ones too; nothing ahead, nothing new and a submodule are told apart", () =>
  within(async ({ landing, repository, service, work, write }) => {
    const top = join(work.directory, "..")
    const squash = async (number: number, branch = work) =>
      run(service.squash(landing(number), await git(repository, ["rev-parse", "main"]), branch))
    await write(top, 'ö "odd"\tname', "theirs\n")
    await write(repository, "part/file", "three\n")
    await write(repository, 'ö "odd"\tname', "ours\n")
    expect(await squash(1)).toEqual({
      _tag: "Refused",
      kind: { _tag: "Conflict", files: ["part/file", 'ö "odd"\tname'] }
    })
    await git(top, ["checkout", "-q", "-B", "drover/7", "main"])
    expect(await squash(2)).toEqual({ _tag: "Refused", kind: null })
    await git(top, ["commit", "-q", "--allow-empty", "-m", "nothing"])
    expect(await squash(3)).toEqual({ _tag: "Refused", kind: { _tag: "EmptyDiff" } })
    const head = await git(top, ["rev-parse", "HEAD"])
    await git(top, ["update-index", "--add", "--cacheinfo", `160000,${head},lib`])
    await git(top, ["commit", "-qm", "a submodule"])
    expect(await squash(4)).toMatchObject({ kind: { _tag: "Other", detail: expect.stringContaining("submodule lib") } })
    expect(await squash(5, { directory: "/nowhere", branch: "no-such" })).toMatchObject({
      kind: { _tag: "Other", detail: expect.stringContaining("no-such is gone") }
    })
  }))

it("WRK-3 where the worktree of the task is gone its branch lands, and where its agent has left the branch what it is at", () =>
  within(async ({ candidate, repository, work }) => {
    const top = join(work.directory, "..")
    await git(top, ["checkout", "-q", "-b", "of-the-agent"])
    await commitIn(top, "part/file", "on another branch\n")
    expect(await git(repository, ["show", `${(await candidate(1)).commit}:part/file`])).toBe("on another branch")
    rmSync(top, { recursive: true })
    expect(await git(repository, ["show", `${(await candidate(2)).commit}:part/file`])).toBe("two")
  }))

it("WRK-2 a checkout of the branch with changes, or in the middle of something, is in the way; files that git does not track are not", () =>
  within(async (world) => {
    const { repository, write } = world
    const file = join(repository, "part/file")
    expect(await hindered(world)).toBeNull()
    writeFileSync(join(repository, "untracked"), "mine\n")
    expect(await hindered(world)).toBeNull()
    writeFileSync(file, "changed\n")
    expect(await hindered(world)).toContain("commit or stash the changes in")
    await git(repository, ["add", "part/file"])
    expect(await hindered(world)).toContain("commit or stash the changes in")
    await git(repository, ["reset", "-q", "--hard"])
    for (const [name, words] of [
      ["MERGE_HEAD", "a merge"],
      ["CHERRY_PICK_HEAD", "a cherry-pick"],
      ["REVERT_HEAD", "a revert"],
      ["BISECT_LOG", "a bisection"]
    ] as const) {
      writeFileSync(join(repository, ".git", name), "")
      expect(await hindered(world)).toContain(`finish ${words} in`)
      rmSync(join(repository, ".git", name))
    }
    await git(repository, ["checkout", "-q", "-b", "side"])
    writeFileSync(file, "changed elsewhere\n")
    expect(await hindered(world)).toBeNull()
    await git(repository, ["commit", "-qam", "side"])
    await git(repository, ["checkout", "-q", "main"])
    await write(repository, "part/file", "main\n")
    await git(repository, ["rebase", "-q", "side"]).catch(() => "a conflict")
    expect(await hindered(world)).toContain("finish the rebase of main")
  }))

it("WRK-2 checkouts of the branch follow it, all of them, and keep what is the user's; one that could not is in the way", () =>
  within(async (world) => {
    const { candidate, landing, repository, service, target } = world
    const second = join(repository, "../second")
    await git(repository, ["worktree", "add", "-q", "--force", second, "main"])
    const { commit } = await candidate(1)
    const from = await git(repository, ["rev-parse", "main"])
    expect(await hindered(world, commit)).toBeNull()
    await run(service.arm(landing(1), commit))
    await run(service.move(landing(1), from, commit))
    writeFileSync(join(repository, "notes"), "mine\n")
    await git(repository, ["add", "notes"])
    await run(service.follow(target, from, commit))
    await run(service.follow(target, from, commit))
    for (const top of [repository, second]) expect(readFileSync(join(top, "part/file"), "utf8")).toBe("two\n")
    expect(await git(repository, ["status", "--porcelain"])).toBe("A  notes")
    expect(await git(second, ["status", "--porcelain"])).toBe("")
  }))

it("WRK-7 who comes late to checkouts that show what came after changes nothing in them", () =>
  within(async ({ candidate, landing, repository, service, target, write }) => {
    const { commit } = await candidate(1)
    const from = await git(repository, ["rev-parse", "main"])
    await run(service.arm(landing(1), commit))
    await run(service.move(landing(1), from, commit))
    await run(service.follow(target, from, commit))
    // As it was before: git would take it for what has not followed yet.
    await write(repository, "part/file", "one\n")
    await run(service.follow(target, from, commit))
    expect(await git(repository, ["status", "--porcelain"])).toBe("")
    expect(readFileSync(join(repository, "part/file"), "utf8")).toBe("one\n")
  }))

it("WRK-7 runs of which a worktree or an armed ref is left are found, and once they are put away no more", () =>
  within(async ({ candidate, landing, service, target }) => {
    const left = () => run(service.left([target.repository]))
    expect(await left()).toEqual([])
    const { commit } = await candidate(1)
    await run(service.arm(landing(2), commit))
    expect(await left()).toEqual([
      { task: 7, run: 1 },
      { task: 7, run: 2 }
    ])
    await run(service.clear(landing(1)))
    await run(service.disarm(landing(2)))
    expect(await left()).toEqual([])
  }))

it("WRK-2 a file that git does not track and that would be overwritten is in the way, and stays", () =>
  within(async (world) => {
    const { candidate, repository, work } = world
    await commitIn(join(work.directory, ".."), "new", "of the agent\n")
    const { commit } = await candidate(1)
    writeFileSync(join(repository, "new"), "of the user\n")
    expect(await hindered(world, commit)).toContain("can not follow")
    expect(readFileSync(join(repository, "new"), "utf8")).toBe("of the user\n")
  }))

it("WRK-4 what landed on a branch that has another name by now has landed, and what did not has not", () =>
  within(async ({ candidate, landing, repository, service, target }) => {
    const from = await git(repository, ["rev-parse", "main"])
    const [one, other] = [await candidate(1), await candidate(2)]
    await run(service.arm(landing(1), one.commit))
    expect(await run(service.move(landing(1), from, one.commit))).toBe(true)
    await git(repository, ["branch", "-q", "-m", "main", "trunk"])
    expect(await run(service.has(target, one.commit))).toBe(true)
    expect(await run(service.has(target, other.commit))).toBe(one.commit === other.commit)
  }))

it("WRK-5 a branch that is gone has no base, and a commit that never was is in no branch", () =>
  within(async ({ repository, service, target }) => {
    expect(await run(service.has(target, "0123456789012345678901234567890123456789"))).toBe(false)
    await git(repository, ["branch", "-q", "-m", "main", "trunk"])
    expect(await run(service.base(target, null))).toBeNull()
  }))
