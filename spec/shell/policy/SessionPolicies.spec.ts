/** The files by which a session is held, in memory and on the disk. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, expect } from "vitest"
import { ownerIn, render } from "../../../core/policy/SessionPolicy.ts"
import * as Places from "../../../shell/config/Places.ts"
import { layer, layerMemory, SessionPolicies } from "../../../shell/policy/SessionPolicies.ts"
import { contract, policyOf } from "./Contract.ts"

let root = ""
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "drover-policy-"))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0
const home = (): string => join(root, String(++count))
const on = (home: string) =>
  layer.pipe(Layer.provide(Layer.succeed(Places.Places, Either.getOrThrow(Places.make({ DROVER_HOME: home })))))

contract("in memory", () => layerMemory)
contract("on the disk", () => on(home()))

it.effect("API-5 a policy is a file of its session, for its owner alone, and nothing else is left beside it", () =>
  Effect.gen(function* () {
    const here = home()
    const folder = join(here, "session-policy")
    yield* Effect.gen(function* () {
      const policies = yield* SessionPolicies
      expect(yield* policies.list).toEqual([])
      yield* policies.clear("a")
      expect(existsSync(here)).toBe(false)
      yield* policies.write(policyOf("a", 1))
      yield* policies.write(policyOf("b", 1))
      yield* policies.clear("a")
      expect(readdirSync(folder)).toEqual(["b.json"])
      expect(ownerIn(readFileSync(join(folder, "b.json"), "utf8"))).toMatchObject({ task: 1 })
      expect([statSync(folder).mode & 0o777, statSync(join(folder, "b.json")).mode & 0o777]).toEqual([0o700, 0o600])
      for (const session of ["../b", "..", "b/../../x", "/etc/passwd", "b\0", "b.json"]) {
        expect(yield* Effect.flip(policies.write(policyOf(session, 2)))).toMatchObject({ operation: "write" })
        expect(yield* Effect.flip(policies.clear(session))).toMatchObject({ operation: "remove" })
      }
      expect(readdirSync(here)).toEqual(["session-policy"])
      expect(readdirSync(folder)).toEqual(["b.json"])
    }).pipe(Effect.provide(on(here)))
  })
)

it.effect(
  "API-5 files that drover did not write so are listed as nobody's, and only what a broken write has left is tidied",
  () =>
    Effect.gen(function* () {
      const here = home()
      const folder = join(here, "session-policy")
      mkdirSync(join(folder, "folder.json"), { recursive: true })
      writeFileSync(join(folder, "empty.json"), "")
      writeFileSync(join(folder, "torn.json"), render(policyOf("torn", 1), "2026-11-27T00:00:00.000Z").slice(0, 50))
      writeFileSync(
        join(folder, "big.json"),
        `${render(policyOf("big", 1), "2026-11-27T00:00:00.000Z")}${" ".repeat(5000)}`
      )
      writeFileSync(join(folder, ".a.12.part"), "half")
      writeFileSync(join(folder, "not a name.json"), render(policyOf("x", 1), "2026-11-27T00:00:00.000Z"))
      writeFileSync(join(folder, "note.txt"), "mine")
      symlinkSync("/dev/zero", join(folder, "endless.json"))
      yield* Effect.gen(function* () {
        const policies = yield* SessionPolicies
        const nobodys = ["big", "empty", "endless", "folder", "torn"].map((session) => ({ session, owner: null }))
        expect(yield* policies.list).toEqual(nobodys)
        yield* policies.tidy
        expect(readdirSync(folder).filter((name) => !name.endsWith(".json"))).toEqual(["note.txt"])
        expect(yield* policies.list).toEqual(nobodys)
      }).pipe(Effect.provide(on(here)))
    })
)

it.effect("API-5 what can not be written is told, and leaves what was there as it was", () =>
  Effect.gen(function* () {
    const here = home()
    const folder = join(here, "session-policy")
    yield* Effect.gen(function* () {
      const policies = yield* SessionPolicies
      yield* policies.write(policyOf("a", 1))
      mkdirSync(join(folder, "b.json"))
      expect(yield* Effect.flip(policies.write(policyOf("b", 1)))).toMatchObject({ _tag: "SessionPolicyUnusable" })
      expect(readdirSync(folder)).toEqual(["a.json", "b.json"])
      expect(yield* policies.list).toMatchObject([
        { session: "a", owner: { task: 1 } },
        { session: "b", owner: null }
      ])
    }).pipe(Effect.provide(on(here)))
  })
)
