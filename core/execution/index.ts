/** The public face of the execution machine. */
export * from "./Execution.ts"
export { type DeathFacts, ExecutionEvent, type Failure, type LandResult } from "./ExecutionEvent.ts"
export * as Limit from "./Limit.ts"
export { ProcessIdentity, same as sameProcess } from "./Process.ts"
export { type Consequence, type Edge, edges, explain, rows, type Step, step } from "./Step.ts"
