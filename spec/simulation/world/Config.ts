/** The user's configuration in the simulation, which people edit while supervisors run: who starts later goes by it. */
import * as Effect from "effect/Effect"
import type * as Guard from "../../../core/guard/Config.ts"
import type { Policy } from "../../../core/policy/Policy.ts"
import * as ClaimTable from "../../../shell/config/ClaimTable.ts"
import type { ClaimSettings } from "../../../shell/config/ClaimTable.ts"
import { ConfigInvalid, type ConfigUnreadable } from "../../../shell/config/ConfigProblem.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"

const second = 1000
const minute = 60 * second

/** What may be edited: one at a time. */
const edits = ["places", "verifiers", "graces", "drift", "a guard off", "guards on", "nonsense"] as const

export class Config {
  policy: Policy
  guards: Guard.Config = {}
  /** It can not be read as it is now. */
  isNonsense = false

  readonly claims: ClaimSettings

  constructor(policy: Policy, isTracking: boolean) {
    this.policy = policy
    const numbers = { ...ClaimTable.defaults.policy, expiryMs: 40 * minute, nudgeGraceMs: 10 * minute }
    this.claims = { ...ClaimTable.defaults, isEnabled: isTracking, policy: numbers }
  }

  /** As a supervisor reads it while it runs. */
  readonly guardsNow: Effect.Effect<Guard.Config, ConfigInvalid | ConfigUnreadable> = Effect.suspend(() =>
    this.isNonsense ? new ConfigInvalid({ file: "/config.toml", problems: [] }) : Effect.succeed(this.guards)
  )

  /** Answers what was done; `now` by the clock on the wall. */
  edit(dice: Dice, now: number): string {
    const what = dice.pick(edits)
    this.isNonsense = what === "nonsense"
    switch (what) {
      case "places":
        this.policy = { ...this.policy, maxConcurrent: 1 + dice.below(6) }
        break
      case "verifiers":
        this.policy = { ...this.policy, maxVerifiers: 1 + dice.below(4) }
        break
      case "graces":
        this.policy = {
          ...this.policy,
          launchGraceMs: second * (5 + dice.below(25)),
          stopGraceMs: second * (1 + dice.below(30))
        }
        break
      case "drift":
        this.policy = { ...this.policy, onDrift: dice.pick(["block", "warn"]) }
        break
      case "a guard off": {
        const until = now + minute * (1 + dice.below(120))
        this.guards = { guards: { inactivity: { enabled: false, owner: "ann", reason: "a long build", until } } }
        break
      }
      case "guards on":
        this.guards = {}
        break
      case "nonsense":
        break
    }
    return what
  }
}
