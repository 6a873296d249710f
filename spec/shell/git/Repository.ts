/** What the specs of git share: repositories in folders of their own, made with git as a user would. */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { lstat, mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"

const execute = promisify(execFile)

/** git with an identity and with no configuration but what `home` holds. */
export const git = async (cwd: string, args: ReadonlyArray<string>, home = "/nonexistent"): Promise<string> => {
  const who = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org" }
  const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.org" }
  const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1", ...who, ...committer }
  return (await execute("git", args, { cwd, env })).stdout.trim()
}

export const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-git-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

/** Every path below with its mode and content: two equal pictures are two equal folders, byte for byte. */
export const picture = async (root: string): Promise<ReadonlyArray<string>> => {
  const names = (await readdir(root, { recursive: true })).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const path = join(root, name)
      const { mode } = await lstat(path)
      const content = (mode & 0o170000) === 0o120000 ? await readlink(path) : await contentOf(path)
      return `${name} ${mode.toString(8)} ${content}`
    })
  )
}

const contentOf = async (path: string): Promise<string> => {
  if ((await lstat(path)).isDirectory()) return "directory"
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex")
}
