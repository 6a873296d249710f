/** What a judge is shown of the work in a directory, by real git. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it, onTestFinished } from "vitest"
import * as Changes from "../../../shell/git/Changes.ts"
import { put } from "../config/TaskFiles.ts"

const folder = (): string => {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "drover-changes-")))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const git = (cwd: string, ...args: ReadonlyArray<string>): string =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd, encoding: "utf8" }).trim()

/** A second long ago, so that what is committed now is after it. */
const commit = (cwd: string, message: string, at: number | null = null): string => {
  git(cwd, "add", "-A")
  const date = at === null ? {} : { GIT_COMMITTER_DATE: `@${at} +0000` }
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", message], {
    cwd,
    env: { ...process.env, ...date }
  })
  return git(cwd, "rev-parse", "HEAD")
}

const repository = (): { readonly path: string; readonly first: string } => {
  const path = folder()
  git(path, "init", "-q")
  put(path, ".gitignore", "*.log\n")
  put(path, "old.txt", "as it was\n")
  return { path, first: commit(path, "first", 1_000_000_000) }
}

const path = process.env.PATH ?? ""
const since = (at: number): Changes.Since => ({ _tag: "Time", at })
const look = (cwd: string, from: Changes.Since) => Effect.runPromise(Changes.look(path, cwd, from))
const lately = since(1_500_000_000_000)

/** The lines that are added or taken away. */
const lines = (found: Awaited<ReturnType<typeof look>>): ReadonlyArray<string> =>
  found._tag === "Changed" ? found.text.split("\n").filter((line) => /^[-+](?![-+])/.test(line)) : [found._tag]

it("EXE-16 a brain is shown what was committed since, what was not, and new files; nothing that is ignored or was there before", async () => {
  const { path: cwd } = repository()
  expect(await look(cwd, lately)).toEqual({ _tag: "Unchanged" })
  put(cwd, "done.txt", "committed\n")
  commit(cwd, "second")
  put(cwd, "old.txt", "as it is\n")
  put(cwd, "new.txt", "untracked\n")
  put(cwd, "noise.log", "ignored\n")
  const before = [
    git(cwd, "--no-optional-locks", "status", "--porcelain"),
    statSync(join(cwd, ".git/index")).mtimeMs,
    readdirSync(cwd)
  ]
  const found = await look(cwd, lately)
  expect(lines(found)).toEqual(["+committed", "+untracked", "-as it was", "+as it is"])
  expect(found).toMatchObject({ isCut: false, text: expect.stringContaining("3 files changed") })
  expect([
    git(cwd, "--no-optional-locks", "status", "--porcelain"),
    statSync(join(cwd, ".git/index")).mtimeMs,
    readdirSync(cwd)
  ]).toEqual(before)
})

it("EXE-16 what was committed in the second in which a task was made is shown, for nobody knows which was first", async () => {
  const { path: cwd } = repository()
  expect(lines(await look(cwd, since(1_000_000_000_500)))).toEqual(["+*.log", "+as it was"])
  expect(await look(cwd, since(1_000_000_001_000))).toEqual({ _tag: "Unchanged" })
})

it("EXE-16 in a worktree it is shown what is new since the commit that it was made at, whatever its time", async () => {
  const { path: cwd, first } = repository()
  put(cwd, "more.txt", "more\n")
  const second = commit(cwd, "second", 1_000_000_001)
  expect(lines(await look(cwd, { _tag: "Commit", commit: first }))).toEqual(["+more"])
  expect(await look(cwd, { _tag: "Commit", commit: second })).toEqual({ _tag: "Unchanged" })
  // What somebody else has done elsewhere since is not taken away here.
  git(cwd, "checkout", "-q", "-b", "elsewhere", first)
  put(cwd, "other.txt", "other\n")
  const other = commit(cwd, "other")
  git(cwd, "checkout", "-q", second)
  expect(lines(await look(cwd, { _tag: "Commit", commit: other }))).toEqual(["+more"])
})

it("EXE-16 of a directory within a repository it is shown that alone", async () => {
  const { path: cwd } = repository()
  put(cwd, "packages/a/in.txt", "inside\n")
  put(cwd, "packages/b/out.txt", "outside\n")
  const found = await look(join(cwd, "packages/a"), lately)
  expect(lines(found)).toEqual(["+inside"])
  expect(found._tag === "Changed" && found.text.includes("packages")).toBe(false)
})

it("EXE-16 in a repository that is all new everything is, and outside of one nobody can tell", async () => {
  const cwd = folder()
  put(cwd, "a.txt", "a\n")
  expect(await look(cwd, lately)).toEqual({ _tag: "Untold" })
  git(cwd, "init", "-q")
  expect(lines(await look(cwd, lately))).toEqual(["+a"])
  commit(cwd, "first")
  expect(lines(await look(cwd, lately))).toEqual(["+a"])
})

it("EXE-16 of a change of any size it is shown a beginning that names the files, and that there is more", async () => {
  const { path: cwd } = repository()
  for (const name of ["a", "b", "c"]) put(cwd, name, `${name.repeat(100)}\n`.repeat(20_000))
  const found = await look(cwd, lately)
  expect(found).toMatchObject({ _tag: "Changed", isCut: true })
  const text = found._tag === "Changed" ? found.text : ""
  expect(text.length).toBe(48 * 1024)
  for (const name of ["a", "b", "c"]) expect(text).toMatch(new RegExp(`^ ${name} +\\| 20000 \\+`, "m"))
})

it("EXE-16 where git can not tell although there is a repository, that is an error and no lack of changes", async () => {
  const { path: cwd } = repository()
  const error = await Effect.runPromise(
    Effect.flip(Changes.look(path, cwd, { _tag: "Commit", commit: "no-such-commit" }))
  )
  expect(error.message).toContain("no-such-commit")
})
