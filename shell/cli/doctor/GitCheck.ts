/** What `drover doctor` says of git: whether it is there, can do what drover asks of it, and knows who commits. */
import { tmpdir } from "node:os"
import * as Effect from "effect/Effect"
import * as Git from "../../git/Git.ts"
import { find } from "../../process/Program.ts"
import { oneLine } from "../Text.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"

/** `git add --sparse`, by which a tree is looked at, came with it; the youngest thing that drover uses. */
const oldest = [2, 34] as const

const isOld = (major: number, minor: number): boolean => major < oldest[0] || (major === oldest[0] && minor < oldest[1])

const path = (): string => process.env.PATH ?? ""

const asked = (...args: ReadonlyArray<string>) => Git.run(args, process.cwd(), path(), {}, { isUsers: true })

/** By whom agents' commits are: drover's own are by itself. */
const identity = Effect.gen(function* () {
  const [name, email] = yield* Effect.all([asked("config", "user.name"), asked("config", "user.email")])
  if (name.status === 0 && email.status === 0) {
    return good("git identity", oneLine(`${name.stdout.trim()} <${email.stdout.trim()}>`))
  }
  const missing = [...(name.status === 0 ? [] : ["user.name"]), ...(email.status === 0 ? [] : ["user.email"])]
  return advisory(
    "git identity",
    `${missing.join(" and ")} not set: agents that commit can not`,
    missing.map((each) => `git config --global ${each} …`).join("; ")
  )
})

export const git: Effect.Effect<ReadonlyArray<Check>, Git.GitUnusable> = Effect.gen(function* () {
  const file = yield* Effect.promise(() => find("git", process.env.PATH, process.cwd()))
  if (file === undefined) {
    return [
      skipped(
        "git",
        "not in PATH",
        "install git: without it changes are not noticed, and worktrees and landing are not to be had"
      )
    ]
  }
  const { status, stderr, stdout } = yield* Git.run(["--version"], tmpdir(), path())
  const [, version = "", major, minor] = /git version ((\d+)\.(\d+)\S*)/.exec(stdout) ?? []
  if (status !== 0 || version === "") {
    return [
      bad("git", `${file} --version ends with status ${status}: ${oneLine(stderr || stdout)}`, "install git again")
    ]
  }
  const row = isOld(Number(major), Number(minor))
    ? bad("git", `${version}, ${file}: drover needs ${oldest.join(".")}`, `install git ${oldest.join(".")} or newer`)
    : good("git", `${version}, ${file}`)
  return [row, yield* identity]
})
