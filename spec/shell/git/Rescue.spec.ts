/** Whatever an agent leaves in a worktree is kept before the worktree is taken away: byte for byte, whatever it is called. */
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { keep, manifest } from "../../../shell/git/Rescue.ts"
import { git } from "./Repository.ts"

const path = process.env.PATH ?? ""
const ref = "refs/drover/rescue/1"

/** Names are bytes: some are no UTF-8, and git quotes others. */
const part = fc.constantFrom(
  "a",
  "b",
  "ä",
  "x y",
  "-n",
  '"q"',
  "new\nline",
  "\xff\xfe",
  ":c",
  "node_modules",
  "secret.env",
  "tab\t"
)
const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"))
const file = fc.record({
  name,
  content: fc.uint8Array({ maxLength: 40 }),
  mode: fc.constantFrom("file", "executable", "link"),
  /** What the agent has told git of it. */
  told: fc.constantFrom("nothing", "index", "commit")
})

const bytes = (text: string): Buffer => Buffer.from(text, "latin1")
const at = (top: string, of: string): Buffer => Buffer.concat([Buffer.from(`${top}/`), bytes(of)])

/** Where something else is in the way it is left out. */
const put = (
  top: string,
  { content, mode, name: of }: { name: string; content: Uint8Array; mode: string }
): boolean => {
  try {
    mkdirSync(bytes(dirname(at(top, of).toString("latin1"))), { recursive: true })
    rmSync(at(top, of).toString("utf8"), { force: true })
    if (mode === "link") symlinkSync(Buffer.from(`to ${Buffer.from(content).toString("hex")}`), at(top, of))
    else writeFileSync(at(top, of), content)
    if (mode === "executable") chmodSync(at(top, of), 0o755)
    return true
  } catch {
    return false
  }
}

/** Everything below but git's own, by name: its content, or where it leads. */
const everything = (top: string, below = ""): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const each of readdirSync(at(top, below), { encoding: "buffer" })) {
    const of = below === "" ? each.toString("latin1") : `${below}/${each.toString("latin1")}`
    if (of === ".git") continue
    const stat = lstatSync(at(top, of))
    if (stat.isDirectory()) for (const [key, value] of everything(top, of)) found.set(key, value)
    else if (stat.isSymbolicLink()) found.set(of, `-> ${readlinkSync(at(top, of), "latin1")}`)
    else found.set(of, `${(stat.mode & 0o100) === 0 ? "" : "x "}${readFileSync(at(top, of), "latin1")}`)
  }
  return found
}

const output = (top: string, ...args: ReadonlyArray<string>): Buffer =>
  execFileSync("git", [...args], { cwd: top, maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] })

/** The same of a commit. */
const kept = (top: string, commit: string): ReadonlyMap<string, string> => {
  const lines = output(top, "ls-tree", "-r", "-z", commit)
    .toString("latin1")
    .split("\0")
    .filter((line) => line !== "")
  return new Map(
    lines.map((line) => {
      const [mode, , object = ""] = line.slice(0, line.indexOf("\t")).split(" ")
      const content = output(top, "cat-file", "blob", object).toString("latin1")
      const shown = mode === "120000" ? `-> ${content}` : `${mode === "100755" ? "x " : ""}${content}`
      return [line.slice(line.indexOf("\t") + 1), shown]
    })
  )
}

/** A repository with a commit, and a worktree of it. */
const within = async <A>(use: (top: string, repository: string) => Promise<A>): Promise<A> => {
  const root = mkdtempSync(join(tmpdir(), "drover-rescue-spec-"))
  try {
    const repository = join(root, "repository")
    mkdirSync(repository)
    await git(repository, ["init", "-q", "-b", "main"])
    writeFileSync(join(repository, ".gitignore"), "node_modules\n*.env\n")
    writeFileSync(join(repository, "tracked"), "tracked\n")
    writeFileSync(join(repository, "also"), "also\n")
    await git(repository, ["add", "-A"])
    await git(repository, ["commit", "-qm", "first"])
    await git(repository, ["worktree", "add", "-q", "-b", "work", join(root, "worktree")])
    return await use(join(root, "worktree"), repository)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const keepAll = (top: string, setUp = {}): Promise<string | null> => Effect.runPromise(keep(path, top, ref, setUp))

it("WRK-1 every byte of a worktree is in the commit that a ref holds, or in HEAD where nothing else was there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 8 }), fc.boolean(), async (files, removes) =>
      within(async (top, repository) => {
        for (const each of files) {
          if (!put(top, each)) continue
          const add = ["-c", "core.quotePath=false", "add", "-f", "-A", "--", "."]
          if (each.told !== "nothing") await git(top, add)
          if (each.told === "commit") await git(top, ["commit", "-qm", "more"])
        }
        if (removes) rmSync(join(top, "tracked"), { force: true })
        const before = everything(top)
        const commit = await keepAll(top)
        expect(everything(top)).toEqual(before)
        expect(kept(top, commit ?? "HEAD")).toEqual(before)
        if (commit === null) return
        // It lives on without the worktree, on top of what was committed there.
        await git(repository, ["worktree", "remove", "--force", top])
        expect(await git(repository, ["rev-parse", ref])).toBe(commit)
        expect(await git(repository, ["merge-base", "--is-ancestor", "work", ref])).toBe("")
      })
    ),
    { numRuns: Math.min(25, Number(process.env.DROVER_RUNS ?? 25)) }
  )
}, 300_000)

it("WRK-1 a repository within it, and a folder that only looks like one, are kept whole, as one file", () =>
  within(async (top) => {
    mkdirSync(join(top, "inner"))
    await git(join(top, "inner"), ["init", "-q"])
    writeFileSync(join(top, "inner/file"), "inner\n")
    mkdirSync(join(top, "odd/.git"), { recursive: true })
    writeFileSync(join(top, "odd/.git/hidden"), "hidden\n")
    writeFileSync(join(top, "odd.tar"), "taken\n")
    const commit = (await keepAll(top)) ?? ""
    const tar = (name: string): string => {
      const content = output(top, "cat-file", "blob", `${commit}:${name}`)
      return execFileSync("tar", ["-tf", "-"], { input: content, encoding: "utf8" })
    }
    expect(tar("inner.tar").split("\n")).toEqual(expect.arrayContaining(["./inner/file", "./inner/.git/HEAD"]))
    expect(tar("odd.tar.tar").split("\n")).toContain("./odd/.git/hidden")
    expect(kept(top, commit).get("odd.tar")).toBe("taken\n")
  }))

it("WRK-1 what was staged and then changed again is kept as well", () =>
  within(async (top) => {
    writeFileSync(join(top, "tracked"), "staged\n")
    await git(top, ["add", "tracked"])
    writeFileSync(join(top, "tracked"), "changed again\n")
    const commit = (await keepAll(top)) ?? ""
    expect(kept(top, commit).get("tracked")).toBe("changed again\n")
    expect(kept(top, `${commit}^2`).get("tracked")).toBe("staged\n")
  }))

it("WRK-1 what the setup made is not kept as long as it is as it was, whatever else git ignores is", () =>
  within(async (top) => {
    mkdirSync(join(top, "node_modules"))
    for (const each of ["same", "changed"]) writeFileSync(join(top, "node_modules", each), "made\n")
    const setUp = await Effect.runPromise(manifest(path, top))
    expect(await keepAll(top, setUp)).toBeNull()
    writeFileSync(join(top, "node_modules/changed"), "by the agent\n")
    writeFileSync(join(top, "secret.env"), "key\n")
    const files = kept(top, (await keepAll(top, setUp)) ?? "")
    expect([...files.keys()].toSorted()).toEqual([
      ".gitignore",
      "also",
      "node_modules/changed",
      "secret.env",
      "tracked"
    ])
  }))

it("WRK-1 a worktree of which HEAD has all needs no ref, and one whose work can not be kept says so", () =>
  within(async (top, repository) => {
    expect(await keepAll(top)).toBeNull()
    expect(await git(repository, ["for-each-ref", ref])).toBe("")
    writeFileSync(join(top, "more"), "more\n")
    chmodSync(join(repository, ".git/objects"), 0o500)
    rmSync(join(top, ".git"))
    const failed = await Effect.runPromise(Effect.flip(keep(path, top, ref, {})))
    expect(failed.message).toContain(top)
    chmodSync(join(repository, ".git/objects"), 0o755)
  }))
