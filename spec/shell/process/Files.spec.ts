/** The two files between wrapper and supervisor, when they are not what they should be. */
import { it } from "@effect/vitest"
import { mkdir, readdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { expect } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import { folder } from "./World.ts"

const write = (path: string, text: string) => Effect.promise(() => writeFile(path, text))

it.scopedLive(
  "PRC-1 an exit record that is none, or can not be read, is an error with its path, and never no record",
  () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const path = join(directory, "exit.json")
      for (const text of ["", '{"code":0', '{"code":"0","signal":null,"at":1}']) {
        yield* write(path, text)
        const failure = yield* Effect.flip(Exit.read(directory))
        expect(failure).toMatchObject({ _tag: "ExitUnreadable", path })
        expect(failure.message).toContain(path)
      }
      const blocked = yield* folder
      yield* Effect.promise(() => mkdir(join(blocked, "exit.json")))
      expect(yield* Effect.flip(Exit.read(blocked))).toMatchObject({ _tag: "ExitUnreadable" })
    })
)

it.scopedLive("EXE-12 a token that some start has just created, or left unfinished, counts as taken", () =>
  Effect.gen(function* () {
    for (const text of ["", "12", "revoke"]) {
      const directory = yield* folder
      yield* write(join(directory, "start"), text)
      expect(yield* StartToken.read(directory)).toBe("taken")
      expect(yield* StartToken.revoke(directory)).toBe("taken")
      expect(yield* StartToken.holder(directory)).toEqual(text === "12" ? Option.some(12) : Option.none())
    }
  })
)

it.scopedLive(
  "EXE-12 a token that can not be written or read is neither free nor revoked, but an error with its path",
  () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const gone = join(directory, "gone")
      const failure = yield* Effect.flip(StartToken.revoke(gone))
      expect(failure).toMatchObject({ _tag: "StartTokenUnusable", operation: "revoke", path: join(gone, "start") })
      expect(failure.message).toContain(join(gone, "start"))
      yield* Effect.promise(() => mkdir(join(directory, "start")))
      expect(yield* Effect.flip(StartToken.read(directory))).toMatchObject({ operation: "read" })
    })
)

it.scopedLive("EXE-12 of many that revoke at once each finds it revoked, and nothing else is left in the folder", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const answers = yield* Effect.all(
      Array.from({ length: 8 }, () => StartToken.revoke(directory)),
      { concurrency: "unbounded" }
    )
    expect(new Set(answers)).toEqual(new Set(["revoked"]))
    expect(yield* StartToken.read(directory)).toBe("revoked")
    expect(yield* Effect.promise(() => readdir(directory))).toEqual(["start"])
  })
)
