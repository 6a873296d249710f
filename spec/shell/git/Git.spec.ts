/** git as a tool that is broken off. */
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { expect, it } from "vitest"
import * as Git from "../../../shell/git/Git.ts"
import { git } from "./Repository.ts"

it("WRK-2 git that is broken off as it changes a repository leaves no lock for its user", async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "drover-git-")))
  try {
    await git(root, ["init", "-q", "-b", "main"])
    await git(root, ["commit", "-q", "--allow-empty", "-m", "first"])
    const path = process.env.PATH ?? ""
    const lock = join(root, ".git/index.lock")
    // It holds the index as long as its filter takes, which is for ever.
    const filter = "while :; do sleep 1; done"
    await git(root, ["config", "filter.slow.clean", filter])
    writeFileSync(join(root, ".gitattributes"), "file filter=slow\n")
    writeFileSync(join(root, "file"), "text\n")
    await Effect.runPromise(
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(Git.run(["add", "file"], root, path, {}, { isLasting: true }))
        while (!existsSync(lock)) yield* Effect.sleep(5)
        yield* Fiber.interrupt(fiber)
      })
    )
    expect(existsSync(lock)).toBe(false)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
