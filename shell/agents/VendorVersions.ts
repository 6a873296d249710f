/** What people are told of the versions of vendors' programs, and what to do about one that is not known. */
import * as Effect from "effect/Effect"
import type { Vendor } from "../../core/agent/Version.ts"
import { type Answer, ask, type VendorProgram } from "./VersionProbe.ts"

/** A program that a task file or a command names. */
export interface UsedProgram extends VendorProgram {
  /** A message at the place where it is named. */
  readonly warning: (message: string) => string
}

/** As the vendors call them, and the packages by which npm has them. */
const vendors: { readonly [V in Vendor]: { readonly title: string; readonly npm: string } } = {
  "claude-code": { title: "Claude Code", npm: "@anthropic-ai/claude-code" },
  codex: { title: "Codex", npm: "@openai/codex" },
  opencode: { title: "OpenCode", npm: "opencode-ai" }
}

/** By a person, and never by drover: it calls nobody over a network. */
export const install = (vendor: Vendor): string => `npm install -g ${vendors[vendor].npm}@latest`

/** What is the matter with it; null where its version is known. */
export const doubt = ({ file, vendor }: VendorProgram, answer: Answer): string | null => {
  const { title } = vendors[vendor]
  switch (answer._tag) {
    case "Known":
      return null
    case "TooOld":
      return `${file} is ${title} ${answer.version.text}, and drover was tried with ${answer.oldest.text} and nothing older`
    case "NotUnderstood": {
      const said = answer.said === "" ? "it prints nothing" : `it prints ${JSON.stringify(answer.said)}`
      return `${file} --version names no version of ${title}: ${said}`
    }
    case "NoAnswer":
      return `${file} --version can not be relied on: it ${answer.why}`
  }
}

/** Asks all of them at once, and says what is the matter with some; in their order. */
export const warnings = (programs: ReadonlyArray<UsedProgram>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(
    Effect.forEach(programs, (program) => Effect.map(ask(program), (answer) => doubt(program, answer)), {
      concurrency: "unbounded"
    }),
    (doubts) =>
      programs.flatMap(({ vendor, warning }, index) => {
        const said = doubts[index] ?? null
        return said === null ? [] : [warning(`${said}; a newer one: ${install(vendor)}`)]
      })
  )
