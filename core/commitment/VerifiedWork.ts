/**
 * What drover's own verifiers have found about the work of a session. It is read from what is stored, so that it may be looked
 * at as often as one likes: the same pass again changes nothing.
 */
import type { AttemptRecord } from "../execution/AttemptRecord.ts"
import type { Verification } from "../verify/Verification.ts"
import { type Commitment, type In, isIn } from "./Commitment.ts"
import type { Signal } from "./Evidence.ts"

type VerifierPassed = Extract<Signal, { readonly _tag: "VerifierPassed" }>

/** A fix of which an edit was seen: what passes after that proves it. */
export const awaitsPass = (commitment: Commitment): commitment is In<"Open"> =>
  isIn(commitment, "Open") && commitment.verb === "fix" && commitment.state.editedAt !== null

/** Of one task: the passes that are about what this session made, the attempts that only verify it among them. */
export const passes = (
  session: string,
  attempts: ReadonlyArray<Pick<AttemptRecord, "attempt" | "progress">>,
  verifications: ReadonlyArray<Pick<Verification, "attempt" | "endedAt" | "title" | "verdict">>
): ReadonlyArray<VerifierPassed> => {
  const working = attempts
    .filter(({ attempt }) => attempt.mode !== "VerifyOnly")
    .toSorted((a, b) => a.attempt.number - b.attempt.number)
  return verifications.flatMap(({ attempt, endedAt: at, title, verdict }) => {
    const worker = working.findLast((each) => each.attempt.number <= attempt)
    if (verdict !== "PASS" || at === null || worker?.progress.session !== session) return []
    return [{ _tag: "VerifierPassed", session, at, title } as const]
  })
}
