/**
 * What is wrong with a file that a user wrote: each problem names its place, and says what would be right.
 */
import * as Data from "effect/Data"

export interface ConfigProblem {
  /**
   * `Syntax`: not TOML. `Key`: an unknown or a missing one. `Value`: a wrong type or word. `Name`: names that are
   * doubled, unknown or in a cycle. `Environment`: the file is right, but something it names is not there.
   * `Unsupported`: right as well, but this version can not do it yet.
   */
  readonly kind: "Syntax" | "Key" | "Value" | "Name" | "Environment" | "Unsupported"
  /** A path, or what stands for one: `drover submit`. */
  readonly file: string
  /** From 1; null where there is no text to point into. */
  readonly line: number | null
  /** From 1, in UTF-16 units. */
  readonly column: number | null
  /** `task[0].verify[1].run`, items counted from 0; empty for the file as a whole. */
  readonly key: string
  readonly message: string
  /** The valid key, word or name that was probably meant. */
  readonly suggestion: string | null
}

/** `tasks.toml:12:3: unknown key "promt": did you mean "prompt"?` */
export const format = (problem: ConfigProblem): string => {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(":")
  const hint = problem.suggestion === null ? "" : `: did you mean ${JSON.stringify(problem.suggestion)}?`
  return `${place}: ${problem.message}${hint}`
}

/** The key that a mistyped one stands for. */
const meantKey = ({ key, suggestion }: ConfigProblem): string =>
  key.slice(0, key.lastIndexOf(".") + 1) + (suggestion ?? "")

/**
 * In the order of the text, so that a person can go through the file once. A key that is missing because it is mistyped
 * is told as the mistyped one alone.
 */
export const arrange = (problems: ReadonlyArray<ConfigProblem>): ReadonlyArray<ConfigProblem> => {
  const mistyped = problems.filter((each) => each.kind === "Key" && each.suggestion !== null)
  const meant = new Set(mistyped.map(meantKey))
  return problems
    .filter((each) => each.kind !== "Key" || each.suggestion !== null || !meant.has(each.key))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
}

/** The file is not used at all; every problem that could be found is listed. */
export class ConfigInvalid extends Data.TaggedError("ConfigInvalid")<{
  readonly file: string
  readonly problems: ReadonlyArray<ConfigProblem>
}> {
  override get message(): string {
    return this.problems.map(format).join("\n")
  }
}

/** The file can not be read: it is not there, it is a directory, it may not be read. */
export class ConfigUnreadable extends Data.TaggedError("ConfigUnreadable")<{
  readonly file: string
  readonly reason: "Missing" | "Other"
  readonly cause: unknown
}> {
  override get message(): string {
    return this.reason === "Missing"
      ? `${this.file}: no such file`
      : `${this.file}: can not be read: ${String(this.cause)}`
  }
}
