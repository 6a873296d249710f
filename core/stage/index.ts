/** The public face of the stage machine. */
export * as BlockReason from "./BlockReason.ts"
export * as MergeFailureKind from "./MergeFailureKind.ts"
export * from "./Projection.ts"
export * from "./Stage.ts"
export { StageEvent, type Work } from "./StageEvent.ts"
export * from "./TaskState.ts"
export { edges, explain, type IllegalTransition, legalFrom, type Row, rows, transition } from "./Transition.ts"
