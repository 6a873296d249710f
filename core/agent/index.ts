/** The public face of agents' output: what a line says, what a run has come to so far, and what it came to in the end. */
export type { AgentEvent } from "./AgentEvent.ts"
export { events, fold, plain, type Rules } from "./AgentStream.ts"
export type { Exit } from "./Ending.ts"
export { summarize, type Summary } from "./Summary.ts"
