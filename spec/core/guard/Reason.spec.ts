import { expect, it } from "vitest"
import type { Config } from "../../../core/guard/Config.ts"
import type { Declaration } from "../../../core/guard/Declaration.ts"
import { posture } from "../../../core/guard/Row.ts"
import type { Runtime, Status } from "../../../core/guard/Runtime.ts"
import { now } from "./Situations.ts"

const ticking: Declaration = {
  key: "inactivity",
  title: "stops what does nothing",
  kind: "config",
  configPath: "inactivity.enabled",
  defaultEnabled: true,
  expectedTickMs: 1000,
  loadBearing: false,
  dryRunPath: "inactivity.dry"
}
const { expectedTickMs: _, ...quiet } = ticking
const dark: Declaration = { ...ticking, defaultEnabled: false }

const says = (status: Partial<Status>, since = now): Runtime => ({
  _tag: "Registered",
  since,
  status: { enabled: true, ...status }
})

const on: Config = {}
const off: Config = { inactivity: { enabled: false } }
const dry: Config = { inactivity: { dry: true } }

it("GRD-1 a person reads in one sentence how a guard stands and why", () => {
  const sentence = (declaration: Declaration, config: Config, runtime: Runtime, boot: Config | null = null) => {
    const { posture: word, reason } = posture(declaration, config, boot, runtime, now)
    return `${word}: ${reason}`
  }
  expect([
    sentence(ticking, on, { _tag: "Threw", message: "no such table" }),
    sentence(ticking, on, { _tag: "Unregistered" }),
    sentence(ticking, on, says({ enabled: false })),
    sentence(ticking, on, says({ enabled: false, reason: "no permission" })),
    sentence(ticking, off, says({}), on),
    sentence(ticking, on, says({}), off),
    sentence(ticking, off, says({ enabled: false })),
    sentence(dark, on, { _tag: "Unregistered" }),
    sentence(ticking, dry, says({})),
    sentence(ticking, dry, { _tag: "Unobserved", why: "no supervisor runs" }),
    sentence(ticking, on, says({}, now - 5001)),
    sentence(ticking, on, says({ lastTickAt: now - 5001 })),
    sentence(ticking, on, says({ blind: true })),
    sentence(ticking, on, says({ blind: true, reason: "the table can not be read" })),
    sentence(ticking, on, says({ lastTickAt: now })),
    sentence(quiet, on, says({ reason: "it holds the lock" })),
    sentence(ticking, on, says({ reason: "not shown" })),
    sentence(ticking, on, { _tag: "Unobserved", why: "no supervisor runs" })
  ]).toEqual([
    "errored: its status can not be read: no such table",
    "missing: it should run, and nothing that runs has its name",
    "off-runtime-divergent: the configuration has it on, and it is off",
    "off-runtime-divergent: the configuration has it on, and it is off: no permission",
    "diverged-pending-restart: the configuration has it off now, the supervisor was started with it on: start it again",
    "diverged-pending-restart: the configuration has it on now, the supervisor was started with it off: start it again",
    "off: the configuration turns it off",
    "off: it is off unless the configuration turns it on",
    "on-dry-run: it says what it would do, and does nothing",
    "on-dry-run: it says what it would do, and does nothing",
    "on-stale: it never ticked, though it ticks every 1000 ms",
    "on-stale: no tick since 2027-01-15T07:59:54.999Z, though it ticks every 1000 ms",
    "on-blind: it does not see what it should look at",
    "on-blind: the table can not be read",
    "on-confirmed: it runs",
    "on-confirmed: it holds the lock",
    "on-unverified: it has not ticked yet",
    "on-unverified: no supervisor runs"
  ])
})
