/**
 * What closes a commitment without anybody's word: a later tool call of the same session that did the thing and
 * succeeded. Fails toward no evidence: a promise that was kept and is asked for again costs a reminder, one that was not
 * kept and is closed is lost.
 *
 * | verb | what proves it |
 * |---|---|
 * | push, merge, rebase, revert | the commands of `VersionControl.ts` |
 * | fix | an edit, and after it a test or verifier that passed |
 * | rerun | a test command that passed |
 * | any | a command that matches one of the project's patterns for it, or for the other name of the same deed |
 */
import * as Excerpt from "../agent/Excerpt.ts"
import { type Invocation, succeeded } from "../shell-line/index.ts"
import { type Commitment, type Evidence, isOpenAt } from "./Commitment.ts"
import type { CommitmentEvent } from "./CommitmentEvent.ts"
import { matches, type Pattern } from "./Pattern.ts"
import * as TestCommands from "./TestCommands.ts"
import * as VersionControl from "./VersionControl.ts"

/** Something a session did, or that was found out about its work. */
export type Signal =
  | {
      readonly _tag: "ToolUsed"
      readonly session: string
      /** When it was over. */
      readonly at: number
      /** The shell line it ran, redacted; null where it ran none. */
      readonly command: string | null
      /** Unknown: it was not said, or the command went on in the background. */
      readonly outcome: "Succeeded" | "Failed" | "Unknown"
      /** The files it wrote. */
      readonly edited: ReadonlyArray<string>
    }
  /** A verifier of drover passed on what this session had made. */
  | { readonly _tag: "VerifierPassed"; readonly session: string; readonly at: number; readonly title: string }

/** What a project says about itself. */
export interface Rules {
  /** How its tests are run, beside the usual ways. */
  readonly tests: ReadonlyArray<Pattern>
  readonly deeds: ReadonlyArray<{ readonly verb: string; readonly pattern: Pattern }>
}

export const noRules: Rules = { tests: [], deeds: [] }

/** Two names of one deed: what proves one proves the other. */
const sameDeed: ReadonlyArray<ReadonlyArray<string>> = [
  ["deploy", "redeploy"],
  ["restart", "relaunch"]
]

/** Characters of a command that are kept as evidence. */
const maxEvidence = 200

const line = ({ assignments, words }: Invocation): string => {
  const written = [...assignments, ...words].map(({ source }) => source).join(" ")
  return Excerpt.startOf(written.replaceAll(/\s+/g, " "), maxEvidence)
}

/** What a signal says, read once for all commitments. */
interface Seen {
  readonly at: number
  readonly calls: ReadonlyArray<Invocation>
  readonly hasEdited: boolean
  /** A test or verifier that passed. */
  readonly passed: Evidence | null
}

const isTest = (call: Invocation, { tests }: Rules): boolean =>
  [...tests, ...TestCommands.patterns].some((pattern) => matches(pattern, call))

const look = (signal: Signal, rules: Rules): Seen => {
  const { at } = signal
  if (signal._tag === "VerifierPassed") {
    const what = Excerpt.startOf(signal.title.replaceAll(/\s+/g, " "), maxEvidence)
    return { at, calls: [], hasEdited: false, passed: { at, what } }
  }
  // A call that failed, or of which nothing is known, shows nothing at all.
  if (signal.outcome !== "Succeeded") return { at, calls: [], hasEdited: false, passed: null }
  const calls = signal.command === null ? [] : succeeded(signal.command)
  const test = calls.find((call) => isTest(call, rules))
  return {
    at,
    calls,
    hasEdited: signal.edited.length > 0,
    passed: test === undefined ? null : { at, what: line(test) }
  }
}

/** The call that did it, or null. */
const deed = (verb: string, object: string | null, { calls }: Seen, rules: Rules): Invocation | null => {
  const names = sameDeed.find((each) => each.includes(verb)) ?? [verb]
  const patterns = rules.deeds.filter((each) => names.includes(each.verb)).map(({ pattern }) => pattern)
  const isIt = (call: Invocation): boolean =>
    VersionControl.isDone(verb, object, call) ||
    (verb === "rerun" && isTest(call, rules)) ||
    patterns.some((pattern) => matches(pattern, call))
  return calls.find(isIt) ?? null
}

/** What a signal means for one commitment; null: nothing. */
const eventOf = ({ object, verb }: Commitment, seen: Seen, rules: Rules): CommitmentEvent | null => {
  const done = deed(verb, object, seen, rules)
  if (done !== null) return { _tag: "Proved", evidence: { at: seen.at, what: line(done) } }
  if (verb !== "fix" || (!seen.hasEdited && seen.passed === null)) return null
  return { _tag: "Progressed", editedAt: seen.hasEdited ? seen.at : null, passed: seen.passed }
}

export interface Finding {
  readonly commitment: Commitment
  readonly event: CommitmentEvent
}

/** What a signal shows about the commitments of its session that are still open: the event for each it concerns. */
export const find = (known: Iterable<Commitment>, signal: Signal, rules: Rules): ReadonlyArray<Finding> => {
  const own = [...known].filter(
    (commitment) =>
      commitment.session === signal.session && isOpenAt(commitment, signal.at) && signal.at > commitment.saidAt
  )
  if (own.length === 0) return []
  const seen = look(signal, rules)
  return own.flatMap((commitment) => {
    const event = eventOf(commitment, seen, rules)
    return event === null ? [] : [{ commitment, event }]
  })
}

/** Whether these signals show that it was done, in whichever order they stand. */
export const isShown = (verb: string, object: string | null, signals: ReadonlyArray<Signal>, rules: Rules): boolean => {
  const seen = signals.map((signal) => look(signal, rules))
  if (seen.some((each) => deed(verb, object, each, rules) !== null)) return true
  const firstEdit = Math.min(...seen.filter(({ hasEdited }) => hasEdited).map(({ at }) => at))
  return verb === "fix" && seen.some(({ passed }) => passed !== null && passed.at > firstEdit)
}
