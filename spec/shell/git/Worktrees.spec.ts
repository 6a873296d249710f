/** Worktrees of tasks: what every layer does, and what git and the user's checkout look like before and after. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it, vi } from "vitest"
import { TaskId } from "../../../core/task/Identifiers.ts"
import type { Task } from "../../../core/task/Task.ts"
import { layer, layerMemory, Worktrees } from "../../../shell/git/Worktrees.ts"
import { taskOf } from "../../core/tick/Worlds.ts"
import { git, picture } from "./Repository.ts"

type Service = Effect.Effect.Success<typeof Worktrees>

interface World {
  readonly root: string
  readonly repository: string
  readonly task: Task
  /** The service as the next supervisor has it. */
  readonly next: () => Promise<Service>
}

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<A> => Effect.runPromise(effect)

const within = async (body: (world: World) => Promise<void>): Promise<void> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-worktrees-")))
  try {
    const repository = join(root, "repository")
    mkdirSync(join(repository, "part"), { recursive: true })
    await git(repository, ["init", "-q", "-b", "main"])
    writeFileSync(join(repository, ".gitignore"), "made\n*.env\n")
    writeFileSync(join(repository, "part/file"), "one\n")
    await git(repository, ["add", "-A"])
    await git(repository, ["commit", "-qm", "first"])
    const next = async (): Promise<Service> => {
      const service = await run(Effect.provide(Worktrees, layer(join(root, "home/worktrees"))))
      await run(service.reload)
      return service
    }
    const task = taskOf({ id: 7, spec: { name: "Make it total!", cwd: join(repository, "part"), isolate: "worktree" } })
    await body({ root, repository, task, next })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const failure = async <A, E extends { readonly message: string }>(effect: Effect.Effect<A, E>): Promise<string> =>
  (await run(Effect.flip(effect))).message

/** What every layer does. */
const contract = (
  name: string,
  each: (body: (service: Service, task: Task) => Promise<void>) => Promise<void>
): void => {
  describe(`worktrees, ${name}`, () => {
    it("WRK-2 a task has one worktree, made once, whose setup is asked for until it has run", () =>
      each(async (service, task) => {
        expect(service.numberOf(task.id)).toBeNull()
        const first = await run(service.ensure(task))
        expect(first.needsSetup).toBe(true)
        expect(await run(service.ensure(task))).toEqual(first)
        await run(service.noteSetup(task.id))
        expect(await run(service.ensure(task))).toEqual({ ...first, needsSetup: false })
        expect(service.tasks()).toEqual([task.id])
        expect(service.directoryOf(task).startsWith(first.top)).toBe(true)
      }))

    it("WRK-2 a task in place has none, and works where it says", () =>
      each(async (service, task) => {
        const inPlace = { ...task, spec: { ...task.spec, isolate: "in-place" as const } }
        expect(service.directoryOf(inPlace)).toBe(task.spec.cwd)
        expect(service.numberOf(TaskId.make(8))).toBeNull()
      }))

    it("WRK-7 only the worktree of that number is taken away, and the next one of the task is another", () =>
      each(async (service, task) => {
        const { top } = await run(service.ensure(task))
        const number = service.numberOf(task.id) ?? 0
        expect(await run(service.remove(task.id, number + 1, false))).toBeNull()
        expect(service.numberOf(task.id)).toBe(number)
        await run(service.remove(task.id, number, false))
        expect(service.numberOf(task.id)).toBeNull()
        const again = await run(service.ensure({ ...task, visit: task.visit + 1 }))
        expect([again.top === top, again.needsSetup]).toEqual([false, true])
      }))
  })
}

contract("scripted", (body) =>
  run(Effect.provide(Worktrees, layerMemory)).then((service) =>
    body(service, taskOf({ id: 7, spec: { isolate: "worktree" } }))
  )
)
contract("git", (body) => within(async ({ next, task }) => body(await next(), task)))

it("WRK-2 the user's checkout, dirty as it is, is the same byte for byte, through making, working and taking away", () =>
  within(async ({ next, repository, task }) => {
    writeFileSync(join(repository, "part/file"), "changed by the user\n")
    writeFileSync(join(repository, "staged"), "staged\n")
    await git(repository, ["add", "staged"])
    writeFileSync(join(repository, "untracked"), "untracked\n")
    const files = async () =>
      (await picture(repository)).filter((line) => !line.startsWith(".git/") && !line.startsWith(".git "))
    const state = async () => [
      await files(),
      await git(repository, ["status", "--porcelain"]),
      await git(repository, ["rev-parse", "HEAD", "main"])
    ]
    const before = await state()
    const service = await next()
    const { top } = await run(service.ensure(task))
    expect(readFileSync(join(top, "part/file"), "utf8")).toBe("one\n")
    expect(service.directoryOf(task)).toBe(join(top, "part"))
    expect(await state()).toEqual(before)
    writeFileSync(join(top, "part/file"), "changed by the agent\n")
    await git(top, ["commit", "-qam", "work"])
    writeFileSync(join(top, "left"), "left\n")
    const ref = await run(service.remove(task.id, task.visit, false))
    expect(existsSync(top)).toBe(false)
    expect(await state()).toEqual(before)
    expect(await git(repository, ["show", "drover/7-make-it-total:part/file"])).toBe("changed by the agent")
    expect(await git(repository, ["show", `${ref}:left`])).toBe("left")
    expect(await git(repository, ["worktree", "list", "--porcelain"])).not.toContain(top)
  }))

it("WRK-2 the next supervisor finds it as it is, and one that was broken off is made anew", () =>
  within(async ({ next, repository, root, task }) => {
    const { top } = await run((await next()).ensure(task))
    writeFileSync(join(top, "work"), "work\n")
    const second = await next()
    expect(second.tasks()).toEqual([task.id])
    expect(await run(second.ensure(task))).toEqual({ top, needsSetup: true })
    expect(readFileSync(join(top, "work"), "utf8")).toBe("work\n")
    // As if it had died in the middle of making it: nobody has worked there.
    const file = join(root, "home/worktrees", `7.${task.visit}.json`)
    writeFileSync(file, readFileSync(file, "utf8").replace(`"isMade":true`, `"isMade":false`))
    rmSync(join(top, ".git"))
    const third = await next()
    expect(await run(third.ensure(task))).toEqual({ top, needsSetup: true })
    expect(existsSync(join(top, "work"))).toBe(false)
    expect(await git(top, ["status", "--porcelain"])).toBe("")
    expect(await git(repository, ["branch", "--list", "drover/*"])).toContain("drover/7-make-it-total")
  }))

it("WRK-2 a worktree that git was killed at, half made and locked, is made anew and can be taken away", () =>
  within(async ({ next, repository, task }) => {
    const service = await next()
    const { top } = await run(service.ensure(task))
    const lock = join(repository, ".git/worktrees", basename(top), "locked")
    writeFileSync(lock, "initializing")
    rmSync(top, { recursive: true })
    expect((await run(service.ensure(task))).top).toBe(top)
    expect(readFileSync(join(top, "part/file"), "utf8")).toBe("one\n")
    writeFileSync(lock, "initializing")
    await run(service.remove(task.id, task.visit, false))
    expect(await git(repository, ["worktree", "list", "--porcelain"])).not.toContain(top)
  }))

it("WRK-1 a supervisor that was overtaken as it made a worktree, and goes on, takes nothing of it away", () =>
  within(async ({ next, root, task }) => {
    const [reached, released, programs] = [join(root, "reached"), join(root, "released"), join(root, "programs")]
    const wait = `mkdir ${reached} && until [ -e ${released} ]; do sleep 0.01; done`
    mkdirSync(programs)
    const slow = `#!/bin/sh\nPATH=$REAL git "$@"\ncode=$?\ncase $* in *update-ref*) ${wait} ;; esac\nexit $code\n`
    writeFileSync(join(programs, "git"), slow.replace("$REAL", process.env.PATH ?? ""), { mode: 0o755 })
    vi.stubEnv("PATH", `${programs}:${process.env.PATH}`)
    const first = await next()
    vi.unstubAllEnvs()
    const late = run(first.ensure(task))
    await vi.waitUntil(() => existsSync(reached))
    const second = await next()
    const { top } = await run(second.ensure(task))
    writeFileSync(join(top, "work"), "work\n")
    writeFileSync(released, "")
    expect((await late).top).toBe(top)
    expect(readFileSync(join(top, "work"), "utf8")).toBe("work\n")
    expect(await git(top, ["status", "--porcelain"])).toBe("?? work")
  }))

it("WRK-1 a worktree whose .git is gone is neither made anew nor taken away, and nor is a folder of which nothing is known", () =>
  within(async ({ next, root, task }) => {
    const service = await next()
    const { top } = await run(service.ensure(task))
    writeFileSync(join(top, "work"), "work\n")
    rmSync(join(top, ".git"))
    expect(await failure(service.ensure(task))).toContain("its .git is gone")
    expect(await failure(service.remove(task.id, task.visit, false))).toContain("its .git is gone")
    rmSync(join(root, "home/worktrees", `7.${task.visit}.json`))
    expect(await failure((await next()).ensure(task))).toContain("nothing is known of it")
    expect(readFileSync(join(top, "work"), "utf8")).toBe("work\n")
  }))

it("WRK-1 what is changed in a worktree after it was kept, while nobody takes it away, is kept beside it", () =>
  within(async ({ next, repository, root, task }) => {
    const { top } = await run((await next()).ensure(task))
    writeFileSync(join(top, "work"), "work\n")
    const ref = `refs/drover/rescue/x/7.${task.visit}`
    await git(top, ["update-ref", ref, "HEAD"])
    const file = join(root, "home/worktrees", `7.${task.visit}.json`)
    writeFileSync(file, readFileSync(file, "utf8").replace(`"kept":null`, `"kept":{"ref":"${ref}","isLanded":false}`))
    // A removal that was broken off in the middle: what is left of it is nobody's work.
    mkdirSync(`${top}.going`)
    writeFileSync(join(`${top}.going`, "half"), "gone")
    const late = await run((await next()).remove(task.id, task.visit, false))
    expect(late).toMatch(/\.late$/)
    expect(await git(repository, ["show", `${late}:work`])).toBe("work")
    expect(existsSync(top) || existsSync(`${top}.going`)).toBe(false)
    expect(await git(repository, ["rev-parse", ref])).toBe(await git(repository, ["rev-parse", "main"]))
  }))

it("WRK-1 a removal that was broken off after all was kept is ended by the next supervisor", () =>
  within(async ({ next, root, repository, task }) => {
    const service = await next()
    const { top } = await run(service.ensure(task))
    writeFileSync(join(top, "work"), "work\n")
    const ref = (await run(service.remove(task.id, task.visit, false))) ?? ""
    // As it is when it dies while files are being removed.
    const file = join(root, "home/worktrees", `7.${task.visit}.json`)
    const gone = JSON.parse(readFileSync(file, "utf8"))
    writeFileSync(file, JSON.stringify({ ...gone, gone: null }))
    mkdirSync(top)
    writeFileSync(join(top, "work"), "work\n")
    const second = await next()
    expect(second.numberOf(task.id)).toBe(task.visit)
    expect(await run(second.remove(task.id, task.visit, false))).toBe(ref)
    expect(existsSync(top)).toBe(false)
    expect(await git(repository, ["show", `${ref}:work`])).toBe("work")
  }))

it("WRK-1 commits that an agent has made on no branch are held by a ref when their worktree goes", () =>
  within(async ({ next, repository, task }) => {
    const service = await next()
    const { top } = await run(service.ensure(task))
    await git(top, ["checkout", "-q", "--detach"])
    writeFileSync(join(top, "part/file"), "on no branch\n")
    await git(top, ["commit", "-qam", "work"])
    const ref = await run(service.remove(task.id, task.visit, false))
    expect(await git(repository, ["show", `${ref}:part/file`])).toBe("on no branch")
  }))

it("WRK-2 a branch on which nothing was done goes with its worktree; one that was there before is not taken over", () =>
  within(async ({ next, repository, task }) => {
    const service = await next()
    await run(service.ensure(task))
    expect(await run(service.remove(task.id, task.visit, false))).toBeNull()
    expect(await git(repository, ["for-each-ref", "refs/heads/drover", "refs/drover"])).toBe("")
    await git(repository, ["branch", "drover/7-make-it-total"])
    const again = { ...task, visit: task.visit + 1 }
    expect(await failure(service.ensure(again))).toContain("this task has not made it")
  }))

it("WRK-2 a branch of work that has landed stays where somebody has it checked out elsewhere", () =>
  within(async ({ next, repository, root, task }) => {
    const service = await next()
    const { top } = await run(service.ensure(task))
    writeFileSync(join(top, "part/file"), "work\n")
    await git(top, ["commit", "-qam", "work"])
    const branch = await git(top, ["branch", "--show-current"])
    await git(top, ["checkout", "-q", "--detach"])
    const own = join(root, "z")
    await git(repository, ["worktree", "add", "-q", own, branch])
    await run(service.remove(task.id, task.visit, true))
    expect(await git(own, ["branch", "--show-current"])).toBe(branch)
    expect(await git(own, ["show", "HEAD:part/file"])).toBe("work")
  }))

it("WRK-2 what .worktreeinclude names is there too, and nothing is written outside through a link", () =>
  within(async ({ next, repository, root, task }) => {
    writeFileSync(join(repository, ".worktreeinclude"), "*.env\nout/**\n")
    writeFileSync(join(repository, "key.env"), "KEY=1\n")
    writeFileSync(join(repository, "other"), "not named\n")
    mkdirSync(join(root, "elsewhere"))
    symlinkSync(join(root, "elsewhere"), join(repository, "out"))
    await git(repository, ["add", "out"])
    await git(repository, ["commit", "-qm", "a link"])
    rmSync(join(repository, "out"))
    mkdirSync(join(repository, "out"))
    writeFileSync(join(repository, "out/file"), "escaped\n")
    mkdirSync(join(repository, "out/deep"))
    writeFileSync(join(repository, "out/deep/file"), "escaped\n")
    const { top } = await run((await next()).ensure(task))
    expect(readFileSync(join(top, "key.env"), "utf8")).toBe("KEY=1\n")
    expect(existsSync(join(top, "other"))).toBe(false)
    expect(readdirSync(join(root, "elsewhere"))).toEqual([])
  }))

it("WRK-2 a directory of which no worktree can be made is refused in words", () =>
  within(async ({ next, root, task }) => {
    const service = await next()
    const at = (cwd: string): Task => ({ ...task, spec: { ...task.spec, cwd } })
    expect(await failure(service.ensure(at(root)))).toContain("it is in no git repository")
    const bare = join(root, "bare")
    await git(root, ["init", "-q", "--bare", bare])
    expect(await failure(service.ensure(at(bare)))).toContain("bare")
    const empty = join(root, "empty")
    await git(root, ["init", "-q", empty])
    expect(await failure(service.ensure(at(empty)))).toContain("no commit yet")
    expect(service.tasks()).toEqual([])
  }))

it("WRK-2 a detached head is no hindrance, and a folder that is not in the commit is made", () =>
  within(async ({ next, repository, task }) => {
    await git(repository, ["checkout", "-q", "--detach"])
    mkdirSync(join(repository, "fresh"))
    const service = await next()
    const own = { ...task, spec: { ...task.spec, cwd: join(repository, "fresh") } }
    const { top } = await run(service.ensure(own))
    expect(service.directoryOf(own)).toBe(join(top, "fresh"))
    expect(existsSync(join(top, "fresh"))).toBe(true)
  }))
