import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { expect } from "vitest"
import * as Leftovers from "../../../shell/retention/Leftovers.ts"

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "drover-leftovers-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

it.scoped(
  "STO-8 what a look at a tree or a profile left that was killed in it goes; one under way and what others made stay",
  () =>
    Effect.gen(function* () {
      const path = yield* folder
      const at = 1_000_000
      yield* Effect.promise(async () => {
        for (const [name, age] of [
          ["drover-tree-old", 15],
          ["drover-tree-young", 14],
          ["drover-profile-old", 24 * 60],
          ["drover-profile-young", 24 * 60 - 1],
          ["drover-other", 60],
          ["tree", 60]
        ] as const) {
          await mkdir(join(path, name, "objects"), { recursive: true })
          await writeFile(join(path, name, "objects", "blob"), "x")
          await utimes(join(path, name), at - age * 60, at - age * 60)
        }
        await writeFile(join(path, "drover-tree-file"), "")
        await symlink(path, join(path, "drover-tree-link"))
      })
      yield* TestClock.setTime(at * 1000)
      yield* Leftovers.sweep(path)
      expect((yield* Effect.promise(() => readdir(path))).toSorted()).toEqual([
        "drover-other",
        "drover-profile-young",
        "drover-tree-file",
        "drover-tree-link",
        "drover-tree-young",
        "tree"
      ])
      expect(yield* Effect.flip(Leftovers.sweep(join(path, "nowhere")))).toMatchObject({ _tag: "StateUnusable" })
    })
)
