import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import * as SmallFile from "../../../shell/process/SmallFile.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "drover-file-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const record = '{"code":0,"signal":null,"at":1}'

/** What an agent may put in place of a file that tells drover something. */
const traps: Readonly<Record<string, (path: string) => void>> = {
  "a pipe that nobody writes": (path) => void execFileSync("mkfifo", [path]),
  "a link to what has no end": (path) => symlinkSync("/dev/zero", path),
  "a folder": (path) => mkdirSync(path),
  "a file of a gigabyte": (path) => {
    writeFileSync(path, record)
    truncateSync(path, 2 ** 30)
  },
  "a link to itself": (path) => symlinkSync(path, path)
}

for (const [name, put] of Object.entries(traps)) {
  it.scoped(
    `SEC-3 ${name} in place of an exit record or a start token is Unknown at once, neither waited for nor read`,
    () =>
      Effect.gen(function* () {
        const directory = yield* folder
        put(join(directory, "exit.json"))
        put(join(directory, "start"))
        expect(yield* Effect.flip(Exit.read(directory))).toMatchObject({ _tag: "ExitUnreadable" })
        expect(yield* Effect.flip(StartToken.read(directory))).toMatchObject({ _tag: "StartTokenUnusable" })
      })
  )
}

it.scoped("EXE-12 a small file is its text, up to 4 KiB, and one that is not there is none", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const path = join(directory, "file")
    const read = Effect.sync(() => SmallFile.read(path))
    expect(yield* read).toBeUndefined()
    for (const text of ["", "é\n", "x".repeat(4096)]) {
      writeFileSync(path, text)
      expect(yield* read).toBe(text)
    }
    writeFileSync(path, "x".repeat(4097))
    expect(yield* Effect.flip(Effect.try(() => SmallFile.read(path)))).toMatchObject({
      cause: { message: `${path} has 4097 bytes, at most 4096 are expected` }
    })
  })
)
