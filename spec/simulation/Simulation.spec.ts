/** Fleets under the production supervisor, in a world where everything goes wrong (`npm run simulate` runs more). */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import fc from "fast-check"
import { beforeAll, expect, inject, it } from "vitest"
import * as Dice from "../core/tick/simulation/Dice.ts"
import * as FaultPlan from "./world/FaultPlan.ts"

const run = promisify(execFile)
const program = "dist/simulation/spec.mjs"
const minute = 60_000
const hour = 60 * minute

/** `DROVER_SEEDS` says how many fleets. */
const seeds = Number(process.env.DROVER_SEEDS ?? 6)

beforeAll(async () => {
  await run(process.execPath, ["spec/simulation/bundle.mjs", program])
})

/** Prints each broken promise with its seed, and how the first came. */
const simulate = async (...args: ReadonlyArray<string>): Promise<string> => {
  const told = await run(process.execPath, [program, ...args], { maxBuffer: 2 ** 26 }).catch((cause) => cause)
  return String(told.stdout)
}

it("SIM-1 whatever fails, no safety promise is broken at any step, and once the faults stop all comes to rest or to a person", async () => {
  const told = await simulate("--seeds", String(seeds), "--from", String(inject("seed")))
  expect(told).toMatch(/^violations +0$/m)
  expect(told).toMatch(new RegExp(`^seeds +${seeds}$`, "m"))
  // None of it is kept by never being asked.
  const all = ["agents", "programs", "supervisors", "landed", "killed before sql \\w+"]
  const byTurns = seeds < 5 ? [] : ["deliveries seen", "guards that (?:hung|died)", "guard hangs", "died: \\w+"]
  for (const met of [...all, ...byTurns, "attempts held"]) expect(told).toMatch(new RegExp(`^${met} +[1-9]`, "m"))
}, 600_000)

it("SIM-1 over a day, whose tasks come one after the other, it is no different", async () => {
  const told = await simulate("--seeds", "1", "--hours", "24", "--story", "--from", String(inject("seed")))
  expect(told).toMatch(/^violations +0$/m)
  expect(told).toMatch(/^simulated hours +(?:2[4-9]|[34]\d)\./m)
  expect(told).toMatch(/^ +[\d.]+ somebody adds (?:a task|the rest): \[.*"task-\d+"\]$/m)
}, 600_000)

it("SIM-1 a day has the faults of three hours, as much further apart", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (throws, seed) => {
      const usual = FaultPlan.draw(Dice.make(throws), 3 * hour, seed, 1)
      const day = FaultPlan.draw(Dice.make(throws), 24 * hour, seed, 8)
      for (const [index, { at, ...fault }] of usual.entries())
        expect(day[index]).toEqual({ ...fault, at: minute + 8 * (at - minute) })
      expect(usual.at(-1)?.at).toBeGreaterThan(3 * hour - 5 * minute - 1)
      expect(day.at(-1)?.at).toBeLessThan(24 * hour)
    })
  )
})

it("SIM-1 a seed decides everything: told twice, its story is the same to the letter", async () => {
  const args = ["--seeds", "1", "--hours", "1", "--tasks", "8", "--story", "--from", String(inject("seed"))]
  const [one, other] = await Promise.all([simulate(...args), simulate(...args)])
  const story = (told: string) => told.split("\n").filter((line) => line.startsWith("  "))
  expect(story(one).length).toBeGreaterThan(20)
  expect(story(one)).toEqual(story(other))
}, 600_000)
