/** What can be measured of what was asked for: a scenario or a reference whose needs can not be had is left out, and told. */
import type { Need } from "../peers/Peer.ts"
import type { Scenario } from "../Scenario.ts"

export interface Chosen {
  readonly chosen: ReadonlyArray<Scenario>
  /** One line for each that is left out, with its reason. */
  readonly skipped: ReadonlyArray<string>
}

export const needs = ({ references }: Scenario): ReadonlyArray<Need> => references.flatMap(({ needs }) => needs ?? [])

/** `lacks`: why something can not be had. */
export const choose = (asked: ReadonlyArray<Scenario>, lacks: ReadonlyMap<Need, string>): Chosen => {
  const skipped: Array<string> = []
  const chosen = asked.flatMap((scenario) => {
    const lack = scenario.lacks?.() ?? null
    if (lack !== null) {
      skipped.push(`${scenario.id}: ${lack}`)
      return []
    }
    const references = scenario.references.filter(({ name, needs = [] }) => {
      const missing = needs.flatMap((need) => lacks.get(need) ?? [])
      if (missing.length > 0) skipped.push(`${scenario.id}, ${name}: ${missing.join("; ")}`)
      return missing.length === 0
    })
    if (references.length === 0 && scenario.references.length > 0) return []
    const isThere = (name: string | null): boolean => name === null || references.some((each) => each.name === name)
    return [{ ...scenario, references, goals: scenario.goals.filter(({ reference }) => isThere(reference)) }]
  })
  return { chosen, skipped }
}
