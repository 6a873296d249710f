/** The error of whoever reads what a program printed. */
import * as Data from "effect/Data"

/** A file of output is there but can not be read: nothing follows about what the program printed. */
export class OutputUnreadable extends Data.TaggedError("OutputUnreadable")<{
  readonly operation: string
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the output ${this.path} can not be used (${this.operation}): ${String(this.cause)}`
  }
}
