/**
 * What the exit status of a command says, and the one message that goes with each failure: what went wrong, where, and
 * what to do about it.
 */
import * as Data from "effect/Data"
import type { ConfigInvalid, ConfigUnreadable } from "../config/ConfigProblem.ts"
import type { SocketPathTooLong, StateDirectoryUnusable } from "../config/Places.ts"
import type { ScaffoldExists } from "../config/Scaffold.ts"
import type { SettingsUnusable } from "../hooks/SettingsFile.ts"
import type { OwnershipRefused, OwnershipUnavailable } from "../ownership/OwnershipError.ts"
import { NoSuchTask, type Refusal } from "../operator/Operation.ts"
import type { NoSuchAttempt } from "../view/TaskLog.ts"
import type { ProcessTableUnreadable } from "../process/ProcessTable.ts"
import type { MessageRefused } from "../store/MailboxService.ts"
import type {
  Conflict,
  Fenced,
  MalformedRow,
  NewerSchema,
  StoreUnavailable,
  SubmissionRefused
} from "../store/Store.ts"

export const done = 0
export const failed = 1
/** Usage, or input that is not valid. */
const invalid = 2
/** No such task, batch or file. */
const missing = 3
/** Refused: the lock, the schema, or the epoch of another. */
export const refused = 4
/** Something needs a person. */
export const person = 5

/** What they mean, for people. */
export const meanings: ReadonlyArray<readonly [code: string, meaning: string]> = [
  [String(done), "done; of `run`: every task is done"],
  [String(failed), "failed; of `doctor`: a row fails"],
  [String(invalid), "the command line or a file is not valid; nothing was stored"],
  [String(missing), "there is no such task, batch or file"],
  [String(refused), "refused: the lock can not be had, or the store is newer"],
  [String(person), "something needs a person"],
  ["130, 143", "ended by SIGINT or SIGTERM; of `run`: agents go on, and the way back is told"]
]

/** The command line asks for something that makes no sense. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

/** Something else that was named is not there. */
export class NoSuchThing extends Data.TaggedError("NoSuchThing")<{ readonly message: string }> {}

/** What was asked for is understood, and was not done. */
export class Failed extends Data.TaggedError("Failed")<{ readonly message: string }> {}

/** All is said already; only the exit status is left to give. */
export class ExitWith extends Data.TaggedError("ExitWith")<{ readonly code: number }> {}

export { NoSuchTask }

export type Failure =
  | ConfigInvalid
  | ConfigUnreadable
  | Conflict
  | ExitWith
  | Failed
  | Fenced
  | MalformedRow
  | MessageRefused
  | NewerSchema
  | NoSuchAttempt
  | NoSuchThing
  | OwnershipRefused
  | OwnershipUnavailable
  | ProcessTableUnreadable
  | Refusal
  | ScaffoldExists
  | SettingsUnusable
  | SocketPathTooLong
  | StateDirectoryUnusable
  | StoreUnavailable
  | SubmissionRefused
  | UsageError

const causeOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const ofStore = ({ cause, operation, path, reason }: StoreUnavailable): string => {
  const could = `can not ${operation}: ${path}`
  switch (reason) {
    case "Full":
      return `${could}: the disk is full; make room, then try again`
    case "ReadOnly":
      return `${could}: it may not be written; check the permissions of the file and its folder`
    case "Locked":
      return `${could}: another program has kept it locked; try again, and if it stays so see \`drover doctor\``
    case "Damaged":
      return `${could}: it is damaged or no store of drover (${causeOf(cause)}); see \`drover doctor\``
    case "Missing":
      return `${could}: there is no store yet; \`drover run FILE\` makes one`
    case "Other":
      return `${could}: ${causeOf(cause)}`
  }
}

/** What is told on standard error; empty when all was said. */
export const message = (failure: Failure): string => {
  switch (failure._tag) {
    case "StoreUnavailable":
      return ofStore(failure)
    case "NewerSchema":
      return (
        `the store ${failure.path} has schema ${failure.found}, this drover knows ${failure.supported}: ` +
        "update drover, or set DROVER_HOME to another directory"
      )
    case "MalformedRow":
      return `the store is damaged: table ${failure.table}, row ${failure.row}: ${failure.detail}`
    case "Conflict":
      return `#${failure.task} was changed by someone else at the same time: try again`
    case "Fenced":
      return `another supervisor has taken over (epoch ${failure.present}, this one has ${failure.epoch})`
    case "OwnershipRefused":
      return `${failure.message}; ${failure.remedy}`
    case "ExitWith":
      return ""
    case "ConfigInvalid":
    case "ConfigUnreadable":
    case "Failed":
    case "Incomplete":
    case "NoSuchAttempt":
    case "NoSuchTask":
    case "MessageRefused":
    case "NoSuchThing":
    case "NotLegal":
    case "NotYet":
    case "OwnershipUnavailable":
    case "ProcessTableUnreadable":
    case "ScaffoldExists":
    case "SettingsUnusable":
    case "SocketPathTooLong":
    case "StateDirectoryUnusable":
    case "SubmissionRefused":
    case "UsageError":
      return failure.message
  }
}

/** `isHook`: for an agent, which reads 2 as "block" and any other failure as none of its business. */
export const codeOf = (failure: Failure, isHook = false): number => {
  const code = anyCodeOf(failure)
  return isHook && code === invalid ? failed : code
}

const anyCodeOf = (failure: Failure): number => {
  switch (failure._tag) {
    case "ExitWith":
      return failure.code
    case "ConfigInvalid":
    case "Incomplete":
    case "SocketPathTooLong":
    case "SubmissionRefused":
    case "UsageError":
      return invalid
    case "ConfigUnreadable":
      return failure.reason === "Missing" ? missing : invalid
    case "MessageRefused":
      return failure.refusal._tag === "Hops" || failure.refusal._tag === "Rate" ? refused : invalid
    case "NoSuchAttempt":
    case "NoSuchTask":
    case "NoSuchThing":
      return missing
    case "Fenced":
    case "NewerSchema":
    case "OwnershipRefused":
      return refused
    case "StoreUnavailable":
      return failure.reason === "Missing" ? missing : failure.reason === "Locked" ? refused : failed
    case "Conflict":
    case "Failed":
    case "MalformedRow":
    case "NotLegal":
    case "NotYet":
    case "OwnershipUnavailable":
    case "ProcessTableUnreadable":
    case "ScaffoldExists":
    case "SettingsUnusable":
    case "StateDirectoryUnusable":
      return failed
  }
}
