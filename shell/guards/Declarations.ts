/**
 * The guards that drover has, each said once. What is not in this list protects nobody that we know of; what is in it
 * and does not register is missing, and that is loud.
 */
import type { AlwaysOn, Configured } from "../../core/guard/Declaration.ts"

/** The table of a configuration that is about a guard. */
export const switchOf = (key: string): string => `guards.${key}.enabled`

const alwaysOn = <Key extends string>(key: Key, title: string, expectedTickMs?: number) =>
  ({
    key,
    title,
    kind: "always-on",
    defaultEnabled: true,
    loadBearing: true,
    ...(expectedTickMs === undefined ? {} : { expectedTickMs })
  }) satisfies AlwaysOn

/** Attempts that do nothing are stopped. It acts within the reconciler's ticks, so it has no cadence of its own. */
export const inactivity = {
  key: "inactivity",
  title: "attempts that do nothing are stopped",
  kind: "config",
  configPath: switchOf("inactivity"),
  defaultEnabled: true,
  loadBearing: true
} as const satisfies Configured

/** Off unless somebody wants it: a promise that nobody keeps is a nuisance, and no harm to the work. */
export const promises = {
  key: "promises",
  title: "what agents promise at the end of a turn is followed",
  kind: "config",
  configPath: "action_claim.enabled",
  defaultEnabled: false,
  loadBearing: false,
  expectedTickMs: 5000
} as const satisfies Configured

export const declarations = [
  alwaysOn("lock", "one supervisor at a time works on the state directory", 5000),
  alwaysOn("fencing", "the store refuses a supervisor that was replaced", 5000),
  alwaysOn("reconciler", "what is stored and what is true are compared", 1000),
  alwaysOn("watchdog", "attempts are looked at: processes, output, time, turns, money", 1000),
  // It looks when somebody waits for it, so that it has no cadence.
  alwaysOn("trees", "the folders of tasks are looked at before anything is decided by what is in them"),
  alwaysOn("ingest", "what the hooks of agents tell is taken in", 5000),
  alwaysOn("mailbox", "sessions that hold roles are heard, and looked at", 2000),
  alwaysOn("session-policy", "tools that a person must allow are held"),
  inactivity,
  promises,
  alwaysOn("verifiers", "work is done only when its checks have passed"),
  // Not load-bearing: what can not be told would raise what can not be told.
  { ...alwaysOn("attention", "what needs a person reaches one", 5000), loadBearing: false }
] as const

/** A guard that another version noted, and that this one does not know, counts as one: nobody here may call it of no weight. */
export const isLoadBearing = (key: string): boolean =>
  declarations.find((declaration) => declaration.key === key)?.loadBearing ?? true

export type Key = (typeof declarations)[number]["key"]
