import { existsSync } from "node:fs"
import { chown, mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import fc from "fast-check"
import { expect } from "vitest"
import { unaddressed } from "../../../core/tick/World.ts"
import { layer, layerMemory, Trees } from "../../../shell/git/Trees.ts"
import { committed, content, fill, isSame } from "./Contents.ts"
import { folder, git, picture } from "./Repository.ts"

const look = (cwd: string) => Effect.flatMap(Trees, (trees) => trees.look(cwd))
const treeOf = (cwd: string): Promise<string> =>
  Effect.runPromise(
    Effect.provide(
      Effect.map(look(cwd), ({ tree }) => tree),
      layer
    )
  )

/** How much of what is in the work tree git has been told of. */
const told = fc.constantFrom("nothing", "index", "commit")

/** Looks again until it is so; the limit is for a spec that is wrong, not a measure. */
const until = (holds: () => Promise<boolean>) =>
  Effect.promise(async () => {
    for (let looks = 0; looks < 2000; looks++) {
      if (await holds()) return
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    throw new Error("what was waited for did not come")
  })

/** A zombie does not live: its parent is gone, and whoever inherits it may take its time. */
const lives = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")
  return stat !== "" && !/\) Z /.test(stat)
}

const temporary = async <A>(use: (root: string) => Promise<A>): Promise<A> => {
  const root = await mkdtemp(join(tmpdir(), "drover-git-"))
  try {
    return await use(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

it("EXE-15 the same content has the same tree, another has another, and the repository stays as it was", async () => {
  await fc.assert(
    fc.asyncProperty(content, content, told, fc.constantFrom("", "sub", "deep/er"), (before, after, how, prefix) =>
      temporary(async (root) => {
        const cwd = join(root, "repo", prefix)
        await fill(cwd, before)
        await git(join(root, "repo"), ["init", "-q"])
        if (how !== "nothing") await git(join(root, "repo"), ["add", "-A"])
        if (how === "commit") await git(join(root, "repo"), ["commit", "-q", "--allow-empty", "-m", "before"])
        const untouched = await picture(join(root, "repo/.git"))
        const first = await treeOf(cwd)
        expect(first).toBe(await committed(join(root, "first"), before))
        for (const path of Object.keys(before)) if (!(path in after)) await rm(join(cwd, path))
        await fill(cwd, after)
        const second = await treeOf(cwd)
        expect(second).toBe(await committed(join(root, "second"), after))
        expect(second === first).toBe(isSame(before, after))
        expect(await picture(join(root, "repo/.git"))).toEqual(untouched)
      })
    ),
    { numRuns: 12 }
  )
})

it("EXE-11 files of the same names with other content are another tree, tracked or not, and the old content is the old one", async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom("a", "b.txt", "sub/c", "sub/deep/d"), { minLength: 1 }),
      fc.nat(),
      bytes,
      bytes,
      told,
      (names, chosen, before, after, how) =>
        temporary(async (root) => {
          const name = join(root, names[chosen % names.length] ?? "a")
          for (const each of names) {
            await mkdir(dirname(join(root, each)), { recursive: true })
            await writeFile(join(root, each), before)
          }
          await git(root, ["init", "-q"])
          if (how !== "nothing") await git(root, ["add", "-A"])
          if (how === "commit") await git(root, ["commit", "-q", "-m", "before"])
          const first = await treeOf(root)
          await writeFile(name, after)
          const isSame = Buffer.from(before).equals(Buffer.from(after))
          expect((await treeOf(root)) === first).toBe(isSame)
          await writeFile(name, before)
          expect(await treeOf(root)).toBe(first)
        })
    ),
    { numRuns: 12 }
  )
}, 300_000)

it.scoped("EXE-15 a change that keeps size, time and name is seen, in the second of the commit too", () =>
  Effect.gen(function* () {
    const cwd = yield* folder
    const path = join(cwd, "file")
    yield* Effect.promise(async () => {
      await writeFile(path, "one")
      await utimes(path, 1_700_000_000, 1_700_000_000)
      await git(cwd, ["init", "-q"])
      await git(cwd, ["add", "-A"])
      // As if the index had been written in the second of the change, whose time no copy may hide.
      await utimes(join(cwd, ".git/index"), 1_700_000_000, 1_700_000_000)
    })
    const { tree } = yield* look(cwd)
    yield* Effect.promise(async () => {
      await writeFile(path, "two")
      await utimes(path, 1_700_000_000, 1_700_000_000)
    })
    expect((yield* look(cwd)).tree).not.toBe(tree)
  }).pipe(Effect.provide(layer))
)

it.scoped(
  "EXE-15 a file that was replaced by one of its size and time is seen, however little the repository compares",
  () =>
    Effect.gen(function* () {
      const cwd = yield* folder
      const make = async (path: string, text: string): Promise<void> => {
        await writeFile(path, text)
        await utimes(path, 1_700_000_000, 1_700_000_000)
      }
      yield* Effect.promise(async () => {
        await make(join(cwd, "file"), "one")
        await git(cwd, ["init", "-q"])
        await git(cwd, ["add", "-A"])
        await git(cwd, ["config", "core.trustctime", "false"])
        await git(cwd, ["config", "core.checkStat", "minimal"])
      })
      const { tree } = yield* look(cwd)
      yield* Effect.promise(async () => {
        await make(join(cwd, "other"), "two")
        await rename(join(cwd, "other"), join(cwd, "file"))
      })
      expect((yield* look(cwd)).tree).not.toBe(tree)
    }).pipe(Effect.provide(layer))
)

it.scoped("EXE-15 a file that is not tracked counts, an ignored one does not unless it is tracked", () =>
  Effect.gen(function* () {
    const cwd = yield* folder
    const write = (path: string, text: string) => Effect.promise(() => writeFile(join(cwd, path), text))
    yield* write(".gitignore", "*.log\n")
    yield* write("kept.log", "1")
    yield* Effect.promise(() => git(cwd, ["init", "-q"]))
    yield* Effect.promise(() => git(cwd, ["add", "-f", "."]))
    const { tree } = yield* look(cwd)
    yield* write("noise.log", "1")
    expect((yield* look(cwd)).tree).toBe(tree)
    yield* write("kept.log", "2")
    const changed = (yield* look(cwd)).tree
    expect(changed).not.toBe(tree)
    yield* write("new", "")
    expect((yield* look(cwd)).tree).not.toBe(changed)
  }).pipe(Effect.provide(layer))
)

it.scoped("EXE-15 the repository's own settings can neither hide a change nor start a program", () =>
  Effect.gen(function* () {
    const cwd = yield* folder
    const proof = join(yield* folder, "started")
    const hook = `#!/bin/sh\necho hook > ${proof}\n`
    yield* Effect.promise(async () => {
      await git(cwd, ["init", "-q"])
      await writeFile(join(cwd, "file"), "one\n")
      for (const name of ["post-index-change", "pre-commit", "fsmonitor", "reference-transaction"]) {
        await writeFile(join(cwd, ".git/hooks", name), hook, { mode: 0o755 })
      }
      await git(cwd, ["config", "core.splitIndex", "true"])
      await git(cwd, ["config", "core.untrackedCache", "true"])
      await git(cwd, ["config", "core.fsmonitor", join(cwd, ".git/hooks/fsmonitor")])
      await git(cwd, ["add", "-A"])
      await rm(proof, { force: true })
    })
    const untouched = yield* Effect.promise(() => picture(join(cwd, ".git")))
    const { tree } = yield* look(cwd)
    yield* Effect.promise(() => writeFile(join(cwd, "file"), "two\n"))
    expect((yield* look(cwd)).tree).not.toBe(tree)
    expect(yield* Effect.promise(() => picture(join(cwd, ".git")))).toEqual(untouched)
    expect(yield* Effect.promise(() => picture(dirname(proof)))).toEqual([])
  }).pipe(Effect.provide(layer))
)

it.scoped("EXE-15 line ends that the user's own configuration converts are content here", () =>
  Effect.gen(function* () {
    const [cwd, home] = [yield* folder, yield* folder]
    const before = process.env.HOME
    yield* Effect.addFinalizer(() => Effect.sync(() => (process.env.HOME = before)))
    process.env.HOME = home
    yield* Effect.promise(async () => {
      await writeFile(join(home, ".gitconfig"), "[core]\n\tautocrlf = input\n\thooksPath = /\n[broken")
      await git(cwd, ["init", "-q"])
      await writeFile(join(cwd, "file"), "one\n")
    })
    const { tree } = yield* look(cwd)
    yield* Effect.promise(() => writeFile(join(cwd, "file"), "one\r\n"))
    expect((yield* look(cwd)).tree).not.toBe(tree)
  }).pipe(Effect.provide(layer))
)

it.scoped("EXE-15 where no repository addresses the directory it is unaddressed, not an error", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const make = (path: string) => Effect.promise(() => mkdir(join(root, path), { recursive: true }))
    yield* make("plain")
    yield* make("repo/ignored")
    yield* make("bare")
    yield* Effect.promise(async () => {
      await git(join(root, "repo"), ["init", "-q"])
      await writeFile(join(root, "repo/.gitignore"), "ignored\n")
      await git(join(root, "bare"), ["init", "-q", "--bare"])
    })
    for (const path of ["plain", "repo/ignored", "repo/.git", "bare"]) {
      expect({ path, ...(yield* look(join(root, path))) }).toEqual({ path, ...unaddressed })
    }
  }).pipe(Effect.provide(layer))
)

it.scoped(
  "EXE-15 a worktree, a link, a second repository inside and another owner are addressed by what they hold",
  () =>
    Effect.gen(function* () {
      const root = yield* folder
      const [main, tree, link] = ["main", "tree", "link"].map((name) => join(root, name))
      if (main === undefined || tree === undefined || link === undefined) return yield* Effect.die("three names")
      yield* Effect.promise(async () => {
        await mkdir(main)
        await git(main, ["init", "-q"])
        await writeFile(join(main, "file"), "one")
        await git(main, ["add", "-A"])
        await git(main, ["commit", "-q", "-m", "one"])
        await git(main, ["worktree", "add", "-q", tree])
        await symlink(main, link)
      })
      const first = (yield* look(main)).tree
      expect((yield* look(tree)).tree).toBe(first)
      expect((yield* look(link)).tree).toBe(first)
      yield* Effect.promise(async () => {
        await writeFile(join(tree, "file"), "two")
        await mkdir(join(main, "inner"))
        await git(join(main, "inner"), ["init", "-q"])
        await git(join(main, "inner"), ["commit", "-q", "--allow-empty", "-m", "inner"])
        if (process.getuid?.() === 0) await chown(main, 12345, 12345)
      })
      expect((yield* look(tree)).tree).not.toBe(first)
      expect((yield* look(main)).tree).not.toBe(first)
    }).pipe(Effect.provide(layer))
)

it.scoped("STO-4 what can not be read is an error that names the directory and the reason, never a tree", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const repo = join(root, "repo")
    const failure = (cwd: string) => Effect.map(Effect.flip(look(cwd)), ({ message }) => message)
    expect(yield* failure(join(root, "n".repeat(300)))).toMatch(/nnn.*ENAMETOOLONG/)
    yield* Effect.promise(async () => {
      await mkdir(join(repo, "inner"), { recursive: true })
      await git(repo, ["init", "-q"])
      await git(join(repo, "inner"), ["init", "-q"])
    })
    expect(yield* failure(repo)).toMatch(/repo.*inner.*does not have a commit/s)
    yield* Effect.promise(() => rename(join(repo, "inner/.git"), join(root, "aside")))
    yield* Effect.promise(() => writeFile(join(repo, ".git/index"), "no index"))
    expect(yield* failure(repo)).toMatch(/repo.*index/s)
    yield* Effect.promise(() => writeFile(join(root, "aside/config"), "[core]\n\trepositoryformatversion = 99\n"))
    yield* Effect.promise(() => rename(join(root, "aside"), join(repo, "inner/.git")))
    expect(yield* failure(join(repo, "inner"))).toMatch(/inner.*repo version/s)
  }).pipe(Effect.provide(layer))
)

it.scoped("PRC-5 a filter that hangs is ended with git when nobody waits for it any more", () =>
  Effect.gen(function* () {
    const cwd = yield* folder
    const proof = join(yield* folder, "pid")
    yield* Effect.promise(async () => {
      await git(cwd, ["init", "-q"])
      await git(cwd, ["config", "filter.slow.clean", `echo $$ > ${proof}.new; mv ${proof}.new ${proof}; sleep 600`])
      await writeFile(join(cwd, ".gitattributes"), "file filter=slow\n")
      await writeFile(join(cwd, "file"), "one")
    })
    const fiber = yield* Effect.fork(look(cwd))
    yield* until(async () => existsSync(proof))
    const pid = Number(yield* Effect.promise(() => readFile(proof, "utf8")))
    yield* Fiber.interrupt(fiber)
    yield* until(async () => !(await lives(pid)))
  }).pipe(Effect.provide(layer))
)

it.effect("EXE-15 in memory a directory has the tree it was given, and none besides", () =>
  Effect.gen(function* () {
    const trees = new Map([["/a", { ...unaddressed, tree: "t" }]])
    const service = yield* Effect.provide(Trees, layerMemory(trees))
    expect((yield* service.look("/a")).tree).toBe("t")
    trees.set("/b", { ...unaddressed, tree: "u" })
    expect((yield* service.look("/b")).tree).toBe("u")
    expect(yield* service.look("/c")).toEqual(unaddressed)
  })
)

it.scoped("EXE-2 a directory that is not there any more is known to have no content, and holds nothing up", () =>
  Effect.gen(function* () {
    const root = yield* folder
    yield* Effect.promise(() => writeFile(join(root, "file"), "no directory"))
    for (const name of ["gone", "gone/deeper", "file", "file/deeper"]) {
      expect(yield* look(join(root, name))).toEqual(unaddressed)
    }
  }).pipe(Effect.provide(layer))
)
