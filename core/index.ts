/**
 * The face of the embedded core: plain data and total functions, for any JavaScript runtime. Nothing in it reads a
 * clock, touches a file or starts a process.
 */
export * as Commitment from "./commitment/index.ts"
export * as AgentStream from "./agent/index.ts"
export * as Account from "./account/index.ts"
export * as EventV1 from "./event/EventV1.ts"
export * as ActionClaim from "./claim/index.ts"
export * as AttemptRecord from "./execution/AttemptRecord.ts"
export * as Backoff from "./execution/Backoff.ts"
export * as Execution from "./execution/index.ts"
export * as Mailbox from "./mailbox/index.ts"
export * as Guard from "./guard/index.ts"
export * as Ownership from "./ownership/index.ts"
export * as Policy from "./policy/Policy.ts"
export * as Retention from "./retention/Retention.ts"
export * as Stage from "./stage/index.ts"
export * as Task from "./task/index.ts"
export * as Tick from "./tick/index.ts"
export * as Verdict from "./verify/Verdict.ts"
export * as Verification from "./verify/Verification.ts"
export * as Verifier from "./verify/Verifier.ts"
