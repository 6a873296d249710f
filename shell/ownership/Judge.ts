/**
 * Comes to a verdict on a lock: looks at what core asks for, one thing after the other, and at nothing else.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { classify, type Healing, type Verdict } from "../../core/ownership/Classify.ts"
import * as Evidence from "../../core/ownership/Evidence.ts"
import type { Lock, Self } from "../../core/ownership/Lock.ts"
import { OwnershipUnavailable } from "./OwnershipError.ts"
import type { Probes } from "./Probes.ts"

/** Whoever acquires under that name, as it stands among the processes of this machine. */
export const identify = (
  probes: Context.Tag.Service<Probes>,
  owner: string,
  path: string
): Effect.Effect<Self, OwnershipUnavailable> =>
  Effect.mapBoth(probes.self, {
    onFailure: (cause) => new OwnershipUnavailable({ operation: "identify this process", path, cause }),
    onSuccess: (looker) => ({ ...looker, owner })
  })

const find = (
  probes: Context.Tag.Service<Probes>,
  lock: Lock,
  probe: keyof Evidence.Evidence
): Effect.Effect<Partial<Evidence.Evidence>> => {
  if (probe === "filesystem") return Effect.map(probes.volume, ({ filesystem }) => ({ filesystem }))
  // Of a lock that names nobody nothing else is asked.
  if (lock._tag !== "Held") return Effect.succeed({ [probe]: "Unknown" })
  return probe === "process"
    ? Effect.map(probes.process(lock), (process) => ({ process }))
    : Effect.map(probes.heartbeat(lock), (heartbeat) => ({ heartbeat }))
}

export const judge = (
  probes: Context.Tag.Service<Probes>,
  lock: Lock,
  self: Self,
  healing: Healing
): Effect.Effect<Verdict> => {
  const from = (evidence: Evidence.Evidence): Effect.Effect<Verdict> => {
    const answer = classify(lock, self, evidence, healing)
    return answer._tag === "NeedsProbe"
      ? Effect.flatMap(find(probes, lock, answer.probe), (found) => from({ ...evidence, ...found }))
      : Effect.succeed(answer)
  }
  return from(Evidence.none)
}

/** Whether the owner lives, as far as the verdict tells. */
export const stateOf = (verdict: Verdict): "Alive" | "Dead" | "Unknown" => {
  switch (verdict._tag) {
    case "Mine":
      return "Alive"
    case "Reclaim":
    case "Heal":
    case "WouldHeal":
      return "Dead"
    case "Take":
      return "Unknown"
    case "Refuse":
      return verdict.reason._tag === "LiveOwner" ? "Alive" : "Unknown"
  }
}
