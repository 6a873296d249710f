/**
 * How a guard stands, and why: from its declaration, the configuration now and at the start, and what it says of itself.
 */
import { type Config, flagAt } from "./Config.ts"
import type { Declaration } from "./Declaration.ts"
import { type Effective, effective, moment, type Override } from "./Effective.ts"
import type { Posture } from "./Posture.ts"
import type { Runtime } from "./Runtime.ts"

export interface Row {
  readonly key: string
  readonly title: string
  readonly loadBearing: boolean
  readonly posture: Posture
  /** One sentence, the same as long as nothing changes: no ages in it. */
  readonly reason: string
  /** Of a guard that is off: whether that is its default. */
  readonly offClass: "dark-default" | "diverged-from-default" | null
  /** Whether what runs was asked to be on; the configuration of the start decides, where there was one. */
  readonly isOn: boolean
  /** By which what runs is off. */
  readonly override: Override | null
}

/** A guard is stale when its last tick is older than this many of its cadences. */
const staleCadences = 5

type Judged = Pick<Row, "posture" | "reason">

type Registered = Extract<Runtime, { readonly _tag: "Registered" }>
type Off = Extract<Effective, { readonly _tag: "Off" }>

const tickOf = (at: number | undefined): number | null => (at !== undefined && Number.isFinite(at) ? at : null)

/** Why a tick that should have come is missed; null while it may yet come, or none is expected. */
const staleness = (cadence: number | undefined, { since, status }: Registered, now: number): string | null => {
  if (cadence === undefined) return null
  const ticked = tickOf(status.lastTickAt)
  if (now - (ticked ?? since) <= staleCadences * cadence) return null
  return `${ticked === null ? "it never ticked" : `no tick since ${moment(ticked)}`}, though it ticks every ${cadence} ms`
}

const offReason = ({ defaultEnabled }: Declaration, { override }: Off): string => {
  if (override !== null) return `until ${moment(override.until)}, by ${override.owner}: ${override.reason}`
  return defaultEnabled ? "the configuration turns it off" : "it is off unless the configuration turns it on"
}

/** A guard that is on, was on at the start, and says so. */
const running = ({ expectedTickMs }: Declaration, runtime: Registered, now: number): Judged => {
  const { blind, lastTickAt, reason } = runtime.status
  const stale = staleness(expectedTickMs, runtime, now)
  if (stale !== null) return { posture: "on-stale", reason: stale }
  if (blind === true) return { posture: "on-blind", reason: reason ?? "it does not see what it should look at" }
  return expectedTickMs === undefined || tickOf(lastTickAt) !== null
    ? { posture: "on-confirmed", reason: reason ?? "it runs" }
    : { posture: "on-unverified", reason: "it has not ticked yet" }
}

const dryRun: Judged = { posture: "on-dry-run", reason: "it says what it would do, and does nothing" }

/** A guard that is on, and was on at the start, if there was one. */
const on = (declaration: Declaration, isDry: boolean, runtime: Exclude<Runtime, Threw>, now: number): Judged => {
  switch (runtime._tag) {
    case "Unregistered":
      return { posture: "missing", reason: "it should run, and nothing that runs has its name" }
    case "Unobserved":
      return isDry ? dryRun : { posture: "on-unverified", reason: runtime.why }
    case "Registered": {
      const { enabled, reason } = runtime.status
      if (!enabled) {
        const why = reason === undefined ? "" : `: ${reason}`
        return { posture: "off-runtime-divergent", reason: `the configuration has it on, and it is off${why}` }
      }
      return isDry ? dryRun : running(declaration, runtime, now)
    }
  }
}

type Threw = Extract<Runtime, { readonly _tag: "Threw" }>

/** What a guard says of its dry run counts more than what is written. */
const isDryRun = (declaration: Declaration, config: Config, runtime: Runtime): boolean => {
  const said = runtime._tag === "Registered" ? runtime.status.dryRun : undefined
  if (said !== undefined) return said
  const path = declaration.kind === "config" ? declaration.dryRunPath : undefined
  return path !== undefined && flagAt(config, path) === true
}

const judge = (
  declaration: Declaration,
  wanted: Effective,
  booted: Effective,
  isDry: boolean,
  runtime: Runtime,
  now: number
): Judged => {
  if (runtime._tag === "Threw") {
    return { posture: "errored", reason: `its status can not be read: ${runtime.message}` }
  }
  if (wanted._tag !== booted._tag) {
    const [to, from] = wanted._tag === "On" ? ["on", "off"] : ["off", "on"]
    const reason = `the configuration has it ${to} now, the supervisor was started with it ${from}: start it again`
    return { posture: "diverged-pending-restart", reason }
  }
  return wanted._tag === "Off"
    ? { posture: "off", reason: offReason(declaration, wanted) }
    : on(declaration, isDry, runtime, now)
}

/**
 * The posture of a guard at `now` (epoch milliseconds): the first of the ten that holds. `bootConfig` is what was read
 * at the start, null where nothing was started or that is not known. Both configurations are judged at `now`, so that an
 * override that ends is no divergence.
 */
export const posture = (
  declaration: Declaration,
  config: Config,
  bootConfig: Config | null,
  runtime: Runtime,
  now: number
): Row => {
  const wanted = effective(declaration, config, now)
  const booted = bootConfig === null ? wanted : effective(declaration, bootConfig, now)
  const judged = judge(declaration, wanted, booted, isDryRun(declaration, config, runtime), runtime, now)
  const ignored = wanted.ignored === null ? "" : ` (an override is not in force: ${wanted.ignored})`
  const offClass = declaration.defaultEnabled ? "diverged-from-default" : "dark-default"
  return {
    key: declaration.key,
    title: declaration.title,
    loadBearing: declaration.loadBearing,
    posture: judged.posture,
    reason: judged.reason + ignored,
    offClass: judged.posture === "off" ? offClass : null,
    isOn: booted._tag === "On",
    override: booted._tag === "Off" ? booted.override : null
  }
}
