/** The public face of accounts. */
export * from "./Account.ts"
export { type AccountChange, accountChanges } from "./AccountChange.ts"
export { changesAt, type Circumstances, isTrial, refusal, type Refusal } from "./Admission.ts"
