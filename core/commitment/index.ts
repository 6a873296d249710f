/** The public face of commitments: what was promised, what shows that it was done, and what to do if nothing does. */
export * from "./Commitment.ts"
export * as Book from "./Book.ts"
export { CommitmentEvent } from "./CommitmentEvent.ts"
export { find, type Finding, noRules, type Rules, type Signal } from "./Evidence.ts"
export {
  type Answer,
  type Context,
  type FollowThrough,
  followThrough,
  type How,
  type SessionSeen,
  type View
} from "./FollowThrough.ts"
export { type Heard, heard } from "./Heard.ts"
export { type Claims, claimsOf, type Said } from "./Message.ts"
export * as Nudge from "./Nudge.ts"
export * as Pattern from "./Pattern.ts"
export * as Policy from "./Policy.ts"
export { type Claim, record, type Recorded, Unverified, type Utterance, verify } from "./Record.ts"
export * as Turns from "./Turns.ts"
export * as VerifiedWork from "./VerifiedWork.ts"
export { sessionSeen, type Sight } from "./SessionSight.ts"
export { explain, type Row, rows, step, type Unchanged } from "./Step.ts"
