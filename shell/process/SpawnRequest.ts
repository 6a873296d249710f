/**
 * What it takes to start a program for an attempt or run, and why that can not be done.
 */
import * as Data from "effect/Data"

export interface SpawnRequest {
  /** The folder of the attempt or run; it exists, and holds `start` and `exit.json`. */
  readonly directory: string
  /** Goes into the environment as DROVER_ATTEMPT. */
  readonly marker: string
  /** A path, or a name to be found in the PATH of `env`. */
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  /** The whole environment: nothing of the supervisor's is added. */
  readonly env: Readonly<Record<string, string>>
  /** A file, or null for an input at its end. */
  readonly stdin: string | null
  /** Files, made if need be and appended to. */
  readonly stdout: string
  readonly stderr: string
}

/** Nothing was started: the start token is as it was. */
export class SpawnFailed extends Data.TaggedError("SpawnFailed")<{
  readonly operation: "find program" | "find directory" | "open file" | "start process"
  readonly reason: "ProgramNotFound" | "DirectoryMissing" | "Other"
  /** The program, directory or file that was the trouble. */
  readonly path: string
  readonly cause?: unknown
}> {
  override get message(): string {
    switch (this.reason) {
      case "ProgramNotFound":
        return `no program ${this.path} is found, or it may not be executed`
      case "DirectoryMissing":
        return `there is no directory ${this.path}`
      case "Other":
        return `can not ${this.operation} ${this.path}: ${String(this.cause)}`
    }
  }
}
