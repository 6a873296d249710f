/**
 * The column with what was asked for. Most of it the tasks of a fleet have alike (the agent, the checks, the branch): that
 * is decoded once and kept once, however many thousands there are.
 */
import * as Either from "effect/Either"
import type * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Spec } from "../../core/task/Spec.ts"
import { decoder, reader } from "./JsonColumn.ts"

const remembered = 256

/**
 * JSON of what JSON has said; null where that would not be the same (`1e999` is read as infinity, and written as null), or
 * can not be (what is nested too deep).
 */
const textOf = (value: unknown): string | null => {
  let isSame = true
  try {
    const text = JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === "number" && !Number.isFinite(each)) isSame = false
      return each
    })
    return isSame ? text : null
  } catch {
    return null
  }
}

/** Decodes a part, and answers the same object for what was met lately. */
const part = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = decoder(schema)
  const known = new Map<string, A>()
  return (value: unknown): Either.Either<A, ParseResult.ParseError> => {
    const text = textOf(value)
    if (text === null) return decode(value)
    const met = known.get(text)
    if (met !== undefined) return Either.right(met)
    return Either.map(decode(value), (found) => {
      if (known.size >= remembered) known.clear()
      known.set(text, found)
      return found
    })
  }
}

const { agent, roleAgents, setup, target, verify, ...own } = Spec.fields
const shared = { agent: part(agent), verify: part(verify), rest: part(Schema.Struct({ roleAgents, setup, target })) }
const ownOf = decoder(Schema.Struct(own))
const whole = reader(Spec)

const parse = Schema.decodeUnknownOption(Schema.parseJson())

/** The spec in a text, or why it is none. */
export const readSpec = (text: string): Either.Either<Spec, ParseResult.ParseError> => {
  const value = parse(text)
  if (value._tag === "None" || !Predicate.isRecord(value.value)) return whole(text)
  const { agent, roleAgents, setup, target, verify, ...own } = value.value
  const given = {
    ...(roleAgents !== undefined && { roleAgents }),
    ...(setup !== undefined && { setup }),
    ...(target !== undefined && { target })
  }
  const parts = Either.all({
    own: ownOf(own),
    agent: shared.agent(agent),
    verify: shared.verify(verify),
    rest: shared.rest(given)
  })
  // What is wrong, the whole says in its order.
  if (Either.isLeft(parts)) return whole(text)
  const { agent: by, own: mine, rest, verify: checks } = parts.right
  // In the order of the schema, in which the whole would have them.
  return Either.right({
    name: mine.name,
    prompt: mine.prompt,
    cwd: mine.cwd,
    agent: by,
    ...(rest.roleAgents !== undefined && { roleAgents: rest.roleAgents }),
    mailboxRole: mine.mailboxRole,
    model: mine.model,
    maxRetries: mine.maxRetries,
    timeoutMin: mine.timeoutMin,
    maxToolTurns: mine.maxToolTurns,
    inactivitySecs: mine.inactivitySecs,
    budgetUsd: mine.budgetUsd,
    priority: mine.priority,
    isolate: mine.isolate,
    ...(mine.approve !== undefined && { approve: mine.approve }),
    ...(rest.target !== undefined && { target: rest.target }),
    ...(rest.setup !== undefined && { setup: rest.setup }),
    verify: checks
  })
}
