/** Many supervisors that are started at once. */
import { expect, it } from "vitest"
import { ask } from "../../crash/Program.ts"
import { expectDone, fleet, until } from "./Fleet.ts"

const count = 16
const names = Array.from({ length: 12 }, (_, index) => `t${index}`)
const tasks = names.map((name) => ({ name, script: "sleep 0.2" }))

it("OWN-4 of sixteen runs of one file, started at once, one supervises and all follow it to the end; each agent begins once", () =>
  fleet(tasks, async (fleet) => {
    const runs = Array.from({ length: count }, () => fleet.supervise(["run", fleet.file]))
    await until(() => runs.every((run) => run.isOver()), 120_000)
    expect(runs.map(({ child }) => child.exitCode)).toEqual(runs.map(() => 0))
    await expectDone(fleet, Object.fromEntries(names.map((name) => [name, 1])))
  }))

it("OWN-4 of sixteen supervisors, started at once, one stays and the others are refused", () =>
  fleet(tasks, async (fleet) => {
    const ups = Array.from({ length: count }, () => fleet.supervise(["up"]))
    await until(() => ups.filter((up) => up.isOver()).length === count - 1, 120_000)
    expect(ups.map(({ child }) => child.exitCode).filter((code) => code !== null)).toEqual(
      Array.from({ length: count - 1 }, () => 4)
    )
    expect((await ask(fleet.site, ["run", fleet.file])).code).toBe(0)
    expect((await ask(fleet.site, ["down"])).code).toBe(0)
    await until(() => ups.every((up) => up.isOver()))
    await expectDone(fleet, Object.fromEntries(names.map((name) => [name, 1])))
  }))
