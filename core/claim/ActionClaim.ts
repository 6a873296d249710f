/**
 * What an agent's message says it will do, or has done.
 */

/** Two offsets into the message in UTF-16 units, the end excluded. */
export type Span = readonly [start: number, end: number]

export interface ActionClaim {
  /** The lemma, such as `restart`. */
  readonly verb: string
  /** What it is done to, as it was written (`the server`); absent where nothing is named after the verb. */
  readonly object?: string
  readonly tense: "future" | "completed"
  /** From the first word of the claim to its verb or, where it has one, its object. */
  readonly span: Span
}
