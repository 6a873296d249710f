import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import * as Either from "effect/Either"
import fc from "fast-check"
import { stringify } from "smol-toml"
import { expect, it } from "vitest"
import type { Spec } from "../../../core/task/Spec.ts"
import * as RepositoryPolicy from "../../../shell/config/RepositoryPolicy.ts"
import { load } from "../../../shell/config/TaskFile.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { brief, put, run, taskFile, taskKeys, temporaryFolder } from "./TaskFiles.ts"
import { anyText } from "./TomlText.ts"

const specs = (
  loaded: Either.Either<{ readonly tasks: ReadonlyArray<{ readonly spec: Spec }> }, unknown>
): ReadonlyArray<Spec> =>
  Either.getOrThrowWith(loaded, (error) => new Error(String(error))).tasks.map(({ spec }) => spec)

it("API-1 a repository's policy makes its tasks stricter and never looser, and its gates come last", async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, ".git"))
  mkdirSync(join(folder, "deep/er"), { recursive: true })
  await fc.assert(
    fc.asyncProperty(taskFile, taskKeys, async (file, keys) => {
      const { max_retries, timeout_min, max_tool_turns, inactivity_secs, budget_usd, verify } = keys
      const limits = { max_retries, timeout_min, max_tool_turns, inactivity_secs, budget_usd }
      const said = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
      const path = put(folder, "deep/er/tasks.toml", stringify(file))
      put(folder, ".drover.toml", "")
      const alone = specs(await run(load(path)))
      put(folder, ".drover.toml", stringify({ limits: said, verify: verify ?? [] }))
      const bound = specs(await run(load(path)))
      expect(bound).toHaveLength(alone.length)
      for (const [index, spec] of bound.entries()) {
        const own = alone[index]
        if (own === undefined) continue
        const lower = (limit: number, most: number | undefined) => Math.min(limit, most ?? limit)
        expect(spec).toMatchObject({
          maxRetries: lower(own.maxRetries, max_retries),
          timeoutMin: lower(own.timeoutMin, timeout_min),
          maxToolTurns: lower(own.maxToolTurns, max_tool_turns),
          inactivitySecs: lower(own.inactivitySecs, inactivity_secs),
          budgetUsd: own.budgetUsd === null ? (budget_usd ?? null) : lower(own.budgetUsd, budget_usd)
        })
        expect(spec.verify.slice(0, own.verify.length)).toEqual(own.verify)
        for (const gate of verify ?? []) {
          expect(spec.verify).toContainEqual({ _tag: "Run", command: gate.run, timeoutMin: gate.timeout_min ?? 15 })
        }
      }
    }),
    { numRuns: 30 }
  )
})

it("API-1 a policy holds in its repository alone: from the folder of .git down, whether that is a folder or a worktree's file", async () => {
  const folder = temporaryFolder()
  put(folder, ".drover.toml", "[limits]\nmax_retries = 0\n")
  put(folder, "one/.git/HEAD", "")
  put(folder, "one/.drover.toml", "[limits]\nmax_retries = 1\n")
  put(folder, "one/sub/x", "")
  put(folder, "one/two/.git", "gitdir: elsewhere\n")
  put(folder, "one/two/.drover.toml", '[[verify]]\nrun = "make"\n')
  put(folder, "one/three/.git/HEAD", "")
  const at = async (path: string) => Either.getOrThrow(await run(RepositoryPolicy.find(join(folder, path))))
  expect(await at("one/sub")).toMatchObject({ limits: { maxRetries: 1 }, gates: [] })
  expect(await at("one")).toMatchObject({ limits: { maxRetries: 1 }, gates: [] })
  expect(await at("one/two")).toMatchObject({
    limits: { maxRetries: null },
    gates: [{ verifier: { command: "make" } }]
  })
  expect(await at("one/three")).toEqual(RepositoryPolicy.none)
  // Only the root of a repository is looked at, and this folder is in none.
  expect(await at(".")).toEqual(RepositoryPolicy.none)
})

it("API-1 a gate that is the task's own verifier already does not run twice", async () => {
  const folder = temporaryFolder()
  put(folder, ".git/HEAD", "")
  put(folder, ".drover.toml", '[[verify]]\nrun = "make"\n[[verify]]\nrun = "make"\ntimeout_min = 1\n')
  const text = 'task = [{ name = "a", prompt = "x", agent = "worker", verify = [{ run = "make" }] }]'
  const [spec] = specs(await run(load(put(folder, "tasks.toml", text))))
  expect(spec?.verify).toEqual([
    { _tag: "Run", command: "make", timeoutMin: 15 },
    { _tag: "Run", command: "make", timeoutMin: 1 }
  ])
})

it("API-1 a policy that is no plain file, or longer than 1 MiB, is an error at once, and never waited for", async () => {
  const folder = temporaryFolder()
  put(folder, ".git/HEAD", "")
  const policy = join(folder, ".drover.toml")
  const found = async () => await run(RepositoryPolicy.find(folder))
  execFileSync("mkfifo", [policy])
  expect(await found()).toMatchObject({ left: { _tag: "ConfigUnreadable", reason: "Other" } })
  rmSync(policy)
  symlinkSync("/dev/zero", policy)
  expect(await found()).toMatchObject({ left: { _tag: "ConfigUnreadable", reason: "Other" } })
  rmSync(policy)
  put(folder, ".drover.toml", `[limits]\nmax_retries = 1\n#${"x".repeat(1024 * 1024)}\n`)
  expect(await found()).toMatchObject({ left: { _tag: "ConfigUnreadable", reason: "Other" } })
  put(folder, ".drover.toml", `[limits]\nmax_retries = 1\n#${"x".repeat(1000 * 1024)}\n`)
  expect(await found()).toMatchObject({ right: { limits: { maxRetries: 1 } } })
})

it("WRK-2 the setup of a repository goes with the tasks that get a worktree of it, and with no other", async () => {
  const folder = temporaryFolder()
  for (const args of [
    ["init", "-q"],
    ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x"]
  ]) {
    execFileSync("git", args, { cwd: folder })
  }
  put(folder, ".drover.toml", '[worktree]\nsetup = ["npm ci", "make"]\n')
  const task = (name: string, more: string) => `[[task]]\nname = "${name}"\nprompt = "x"\nagent = "worker"\n${more}\n`
  const text = task("apart", 'isolate = "worktree"') + task("here", "")
  const [apart, here] = specs(await run(load(put(folder, "tasks.toml", text))))
  expect(apart?.setup).toEqual(["npm ci", "make"])
  expect(here !== undefined && "setup" in here).toBe(false)
})

it("API-1 a mistake in a repository's policy refuses its tasks, and is told once with that file's own lines", async () => {
  const folder = temporaryFolder()
  put(folder, ".git/HEAD", "")
  const policy = put(
    folder,
    ".drover.toml",
    '[limits]\nmax_retrys = 1\ntimeout_min = "1"\n[agents.x]\nkind = "command"\n[[verify]]\nruns = "x"\n[worktree]\nsetups = ["x"]\nsetup = "npm ci"\n'
  )
  const task = (name: string) => `[[task]]\nname = "${name}"\nprompt = "x"\nagent = "worker"\n`
  const error = Either.flip(await run(load(put(folder, "tasks.toml", task("a") + task("b"))))).pipe(Either.getOrThrow)
  const problems = error._tag === "ConfigInvalid" ? error.problems : []
  expect(brief(problems)).toEqual([
    ["Key", 2, "limits.max_retrys", "max_retries"],
    ["Value", 3, "limits.timeout_min", null],
    ["Unsupported", 4, "agents", null],
    ["Key", 7, "verify[0].runs", "run"],
    ["Key", 9, "worktree.setups", "setup"],
    ["Value", 10, "worktree.setup", null]
  ])
  expect(problems.every(({ file }) => file === policy)).toBe(true)
})

it("API-1 any text at all is a repository's policy or a refusal, never a throw", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const read = Toml.parse("x", text).pipe(Either.flatMap(RepositoryPolicy.fromDocument))
      if (Either.isLeft(read)) expect(read.left.problems.length).toBeGreaterThan(0)
    })
  )
})
