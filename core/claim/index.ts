/** The public face of the action-claim classifier. */
export type { ActionClaim, Span } from "./ActionClaim.ts"
export { classify } from "./Classify.ts"
export * as Lexicon from "./lexicon/Lexicon.ts"
export type { Verb } from "./lexicon/Verb.ts"
