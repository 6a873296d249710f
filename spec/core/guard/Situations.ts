/**
 * Every kind of situation a guard can be in, each with what is true of it by the way it was made: the specs judge by
 * these labels, and never look into the values as the product does.
 */
import type { Config } from "../../../core/guard/Config.ts"
import type { Declaration } from "../../../core/guard/Declaration.ts"
import type { Runtime, Status } from "../../../core/guard/Runtime.ts"

export const now = 1_800_000_000_000
export const cadence = 2000

/** What a configuration says of the guard, and whether that has it on. */
export interface Setting {
  readonly name: string
  readonly config: Config
  /** Null: the guard's default. */
  readonly isOn: boolean | null
  /** Of one that needs nobody to answer for it. */
  readonly isOnLightly: boolean | null
}

const settingOf = (
  name: string,
  table: Readonly<Record<string, unknown>> | null,
  isOn: boolean | null,
  isOnLightly: boolean | null = isOn
): Setting => ({ name, config: table === null ? {} : { guards: { it: table } }, isOn, isOnLightly })

export const answered = { owner: "Ada", reason: "the provider is slow", until: now + 1 }
const off = { enabled: false, ...answered }

export const settings: ReadonlyArray<Setting> = [
  settingOf("nothing", null, null),
  settingOf("no switch", { ...answered }, null),
  settingOf("no boolean", { ...off, enabled: "false" }, null),
  settingOf("on", { enabled: true }, true),
  settingOf("off, answered for", off, false),
  settingOf("off, by nobody", { ...off, owner: undefined }, null, false),
  settingOf("off, by a blank", { ...off, owner: " " }, null, false),
  settingOf("off, for nothing", { ...off, reason: "" }, null, false),
  settingOf("off, for ever", { ...off, until: undefined }, null, false),
  settingOf("off, until no time", { ...off, until: Number.NaN }, null, false),
  settingOf("off until now", { ...off, until: now }, null),
  settingOf("off until long ago", { ...off, until: 0 }, null)
]

const common = { key: "it", title: "it protects" }
const loads = [true, false] as const
const cadences = [{}, { expectedTickMs: cadence }] as const

const alwaysOn: ReadonlyArray<Declaration> = loads.flatMap((loadBearing) =>
  cadences.map((each): Declaration => ({
    ...common,
    ...each,
    kind: "always-on",
    defaultEnabled: true,
    loadBearing
  }))
)

export const configured: ReadonlyArray<Extract<Declaration, { readonly kind: "config" }>> = loads.flatMap(
  (loadBearing) =>
    cadences.flatMap((each) =>
      loads.flatMap((defaultEnabled) =>
        [{}, { dryRunPath: "guards.it.dry" }].map((dry) => ({
          ...common,
          ...each,
          ...dry,
          kind: "config" as const,
          configPath: "guards.it.enabled",
          defaultEnabled,
          loadBearing
        }))
      )
    )
)

export const declarations: ReadonlyArray<Declaration> = [...alwaysOn, ...configured]

/** What is known of the running guard, and what that means. */
export interface Seen {
  readonly name: string
  readonly runtime: Runtime
  readonly knows: "Threw" | "Unregistered" | "Unobserved" | "SaysOn" | "SaysOff"
  readonly dry: boolean | null
  /** When it has a cadence. */
  readonly tick: "Never" | "NeverForLong" | "Recent" | "TooOld"
  readonly isBlind: boolean
}

const limit = 5 * cadence

/** `since`: when it registered. */
const ticks: ReadonlyArray<{ readonly at?: number; readonly since: number; readonly tick: Seen["tick"] }> = [
  { since: now, tick: "Never" },
  { since: now - limit, tick: "Never" },
  { since: now - limit - 1, tick: "NeverForLong" },
  { at: Number.NaN, since: now - limit - 1, tick: "NeverForLong" },
  { at: Number.NEGATIVE_INFINITY, since: now, tick: "Never" },
  { at: now, since: 0, tick: "Recent" },
  { at: now - limit, since: 0, tick: "Recent" },
  { at: now - limit - 1, since: 0, tick: "TooOld" },
  { at: 0, since: now, tick: "TooOld" }
]

const registered: ReadonlyArray<Seen> = [true, false].flatMap((enabled) =>
  ([null, true, false] as const).flatMap((dry) =>
    [true, false].flatMap((blind) =>
      ticks.map(({ at, since, tick }): Seen => {
        const status: Status = {
          enabled,
          ...(dry === null ? {} : { dryRun: dry }),
          ...(at === undefined ? {} : { lastTickAt: at }),
          ...(blind ? { blind, reason: "the table can not be read" } : {})
        }
        const name = JSON.stringify({ since, ...status })
        const knows = enabled ? "SaysOn" : "SaysOff"
        return { name, runtime: { _tag: "Registered", since, status }, knows, dry, tick, isBlind: blind }
      })
    )
  )
)

const silent = { dry: null, tick: "Never", isBlind: false } as const

export const seen: ReadonlyArray<Seen> = [
  { name: "threw", runtime: { _tag: "Threw", message: "no" }, knows: "Threw", ...silent },
  { name: "unregistered", runtime: { _tag: "Unregistered" }, knows: "Unregistered", ...silent },
  { name: "unobserved", runtime: { _tag: "Unobserved", why: "nobody runs" }, knows: "Unobserved", ...silent },
  ...registered
]
