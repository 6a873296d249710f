/**
 * The version of a vendor's program, from what it prints when it is asked for it; and the oldest one of each whose
 * options and records are known.
 */
import type { Kind } from "../task/AgentDefinition.ts"

export type Vendor = Exclude<Kind, "command">

/** The parts of Semantic Versioning that tell which of two is older; of two pre-releases of one version neither is. */
export interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number]
  readonly isPrerelease: boolean
  /** As it was printed. */
  readonly text: string
}

const pattern = /(?<![\w.])v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(-[\w.-]{1,64})?(?![\w.])/

/** The first version in a text (`2.1.197 (Claude Code)`, `codex-cli 0.169.0`, `1.18.33`); null where there is none. */
export const parse = (text: string): Version | null => {
  const found = pattern.exec(text)
  if (found === null) return null
  const [whole, major, minor, patch, prerelease] = found
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    isPrerelease: prerelease !== undefined,
    text: whole.replace(/^v/, "")
  }
}

const exactly = (major: number, minor: number, patch: number): Version => ({
  numbers: [major, minor, patch],
  isPrerelease: false,
  text: `${major}.${minor}.${patch}`
})

/**
 * The versions of the recorded runs (`../shared/agents/FACTS.md`) and of `docs/compatibility.md`: all that is known of
 * options, records and signals was seen of these. Whether an older one does the same nobody has looked at.
 */
export const oldest: { readonly [V in Vendor]: Version } = {
  "claude-code": exactly(2, 1, 197),
  codex: exactly(0, 169, 0),
  opencode: exactly(1, 18, 33)
}

/** Whether the first is older: by its numbers, and a pre-release comes before what it leads to. */
export const isOlder = (a: Version, b: Version): boolean => {
  const [major, minor, patch] = a.numbers
  const difference = major - b.numbers[0] || minor - b.numbers[1] || patch - b.numbers[2]
  return difference === 0 ? a.isPrerelease && !b.isPrerelease : difference < 0
}
