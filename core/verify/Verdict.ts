/**
 * What one run of a verifier came to. Only PASS passes; every way of not knowing is a failure of its own name.
 */
import * as Schema from "effect/Schema"

export const Verdict = Schema.Literal("PASS", "FAIL", "ERROR", "TIMEOUT", "LIMITED")
export type Verdict = typeof Verdict.Type

/** How a verifier's process ended, as far as it is known. */
export type Ending =
  | { readonly _tag: "Exited"; readonly code: number }
  | { readonly _tag: "Killed"; readonly signal: string }
  | { readonly _tag: "TimedOut" }
  /** It was stopped since it had cost more than it may. */
  | { readonly _tag: "OverBudget" }
  | { readonly _tag: "Vanished" }

/** The verdict of a `run` verifier: status 0 passes, another status fails, and what is not an exit is no verdict on the work. */
export const ofRun = (ending: Ending): Verdict => {
  switch (ending._tag) {
    case "Exited":
      return ending.code === 0 ? "PASS" : "FAIL"
    case "TimedOut":
      return "TIMEOUT"
    case "Killed":
    case "OverBudget":
    case "Vanished":
      return "ERROR"
  }
}

/** How a verdict line is asked for; it stands last, for it asks for the last line. */
export const request =
  "Say what you found. Then end with one last line that is exactly one of these two:\n\n" +
  "VERDICT: PASS\nVERDICT: FAIL"

/**
 * The verdict line of an agent's or model's text: its last line that is not blank must be exactly `VERDICT: PASS` or
 * `VERDICT: FAIL`, with nothing before or after it. Anything else is no verdict.
 */
export const ofText = (text: string): "PASS" | "FAIL" | null => {
  const end = /(?:^|\n)VERDICT: (?:(PASS)|FAIL)(?:\r?\n\s*)?$/.exec(text)
  return end === null ? null : end[1] === undefined ? "FAIL" : "PASS"
}
