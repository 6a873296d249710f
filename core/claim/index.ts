/** The public face of the action-claim classifier. */
export type { ActionClaim, Span } from "./ActionClaim.ts"
export { classify } from "./Classify.ts"
export { key } from "./key/Key.ts"
export * as Lexicon from "./lexicon/Lexicon.ts"
export type { Verb } from "./lexicon/Verb.ts"
export type { Moment } from "./promise/LocalTime.ts"
export { deadline, type TimePromise, timePromises } from "./promise/TimePromise.ts"
