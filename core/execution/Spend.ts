/**
 * What an attempt cost, from the totals that its program reports: the difference to what the same conversation had cost
 * before, so that a conversation costs the same however it was divided into resumes (EXE-9). Nothing is ever negative,
 * and what was not reported is unknown, never nothing.
 */
import * as Schema from "effect/Schema"

const Amount = Schema.Number.pipe(Schema.finite(), Schema.nonNegative())

/** `cacheRead` and `cacheWrite` are not part of `input`. */
export const Tokens = Schema.Struct({ input: Amount, output: Amount, cacheRead: Amount, cacheWrite: Amount })
export type Tokens = typeof Tokens.Type

/** US dollars for a million tokens of each kind. */
export type Price = Tokens

/** An amount in money, in tokens, or not known at all. */
const Amounts = Schema.Struct({ costUsd: Schema.NullOr(Amount), tokens: Schema.NullOr(Tokens) })
type Amounts = typeof Amounts.Type

const Conversation = Schema.Struct({
  /** Null: the program named none, so that it ends with the attempt. */
  session: Schema.NullOr(Schema.String),
  /** The highest total that was reported before this attempt began, and since. */
  base: Amounts,
  total: Amounts
})
type Conversation = typeof Conversation.Type

/** What one attempt cost so far, and what the conversations it may resume had cost before. */
export const Meter = Schema.Struct({
  conversations: Schema.Array(Conversation),
  /** Of conversations of this attempt that are not followed any more. */
  closed: Schema.Array(Amounts)
})
export type Meter = typeof Meter.Type

/**
 * What the totals of a program count from: `conversation`: from its beginning, earlier programs included; `run`: from
 * the start of this program.
 */
export type Basis = "conversation" | "run"

/** A total that a program reports; tokens matter only where there is no cost. */
export interface Report extends Amounts {
  readonly session: string | null
}

export const unused: Meter = { conversations: [], closed: [] }

const nothing: Amounts = { costUsd: null, tokens: null }

/** Conversations that are followed at once; of more than these the oldest can not be resumed without being counted again. */
const most = 16

/** The meter of an attempt that follows one with that meter. */
export const begin = ({ conversations }: Meter, basis: Basis): Meter => ({
  conversations:
    basis === "run"
      ? []
      : conversations.flatMap(({ base, session, total }) =>
          session === null ? [] : [{ session, base: higher(base, total), total: nothing }]
        ),
  closed: []
})

const zip = (a: Tokens, b: Tokens, f: (a: number, b: number) => number): Tokens => ({
  input: f(a.input, b.input),
  output: f(a.output, b.output),
  cacheRead: f(a.cacheRead, b.cacheRead),
  cacheWrite: f(a.cacheWrite, b.cacheWrite)
})

const sum = ({ cacheRead, cacheWrite, input, output }: Tokens): number => input + output + cacheRead + cacheWrite

/** The higher of two totals, each part by itself. */
const higher = (a: Amounts, b: Amounts): Amounts => ({
  costUsd: a.costUsd === null || b.costUsd === null ? (a.costUsd ?? b.costUsd) : Math.max(a.costUsd, b.costUsd),
  tokens: a.tokens === null || b.tokens === null ? (a.tokens ?? b.tokens) : zip(a.tokens, b.tokens, Math.max)
})

/** A first total below what was known before: this program counts from nothing, whatever it is said to do. */
const isReset = ({ base }: Conversation, { costUsd, tokens }: Amounts): boolean =>
  costUsd === null
    ? tokens !== null && base.tokens !== null && sum(tokens) < sum(base.tokens)
    : base.costUsd !== null && costUsd < base.costUsd

const isHeard = ({ total }: Conversation): boolean => total.costUsd !== null || total.tokens !== null

const heard = (known: Conversation, amounts: Amounts): Conversation =>
  !isHeard(known) && isReset(known, amounts)
    ? { ...known, base: nothing, total: amounts }
    : { ...known, total: higher(known.total, amounts) }

/** The meter after a report; one that says nothing changes nothing. */
export const report = (meter: Meter, { costUsd, session, tokens }: Report): Meter => {
  if (costUsd === null && tokens === null) return meter
  const amounts = { costUsd, tokens }
  const at = meter.conversations.findIndex((each) => each.session === session)
  const known = meter.conversations[at]
  if (known !== undefined) {
    return { ...meter, conversations: meter.conversations.with(at, heard(known, amounts)) }
  }
  const fresh = { session, base: nothing, total: amounts }
  const [oldest, ...rest] = meter.conversations
  if (oldest === undefined || meter.conversations.length < most) {
    return { ...meter, conversations: [...meter.conversations, fresh] }
  }
  return {
    conversations: [...rest, fresh],
    closed: addClosed(meter.closed, spentOf(oldest))
  }
}

const sumOf = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : a + b)

/** The meter after one more step of a conversation, which its program reports by itself. */
export const add = (meter: Meter, { costUsd, session, tokens }: Report): Meter => {
  const before = meter.conversations.find((each) => each.session === session)?.total ?? nothing
  const counted =
    tokens === null || before.tokens === null ? (tokens ?? before.tokens) : zip(before.tokens, tokens, plus)
  return report(meter, { session, costUsd: sumOf(before.costUsd, costUsd), tokens: counted })
}

/** What this attempt added to a conversation: money where it is known, else tokens. */
const spentOf = ({ base, total }: Conversation): Amounts =>
  total.costUsd === null
    ? { costUsd: null, tokens: total.tokens === null ? null : zip(total.tokens, base.tokens ?? none, less) }
    : { costUsd: less(total.costUsd, base.costUsd ?? 0), tokens: null }

const none: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
const plus = (a: number, b: number): number => a + b
const less = (total: number, base: number): number => Math.max(0, total - base)

/** One entry for money, one for tokens: however many conversations there were. */
const addClosed = (closed: Meter["closed"], { costUsd, tokens }: Amounts): Meter["closed"] => {
  if (costUsd !== null) {
    const money = closed.find((each) => each.costUsd !== null)?.costUsd ?? 0
    return [...closed.filter((each) => each.costUsd === null), { costUsd: money + costUsd, tokens: null }]
  }
  if (tokens === null) return closed
  const counted = closed.find((each) => each.tokens !== null)?.tokens ?? none
  return [...closed.filter((each) => each.tokens === null), { costUsd: null, tokens: zip(counted, tokens, plus) }]
}

const perMillion = 1e6

const priced = (tokens: Tokens, price: Price): number =>
  (tokens.input * price.input +
    tokens.output * price.output +
    tokens.cacheRead * price.cacheRead +
    tokens.cacheWrite * price.cacheWrite) /
  perMillion

/**
 * US dollars of the attempt: reported ones, else tokens by that price. Null where nothing was reported, or something has
 * no price.
 */
export const costOf = ({ closed, conversations }: Meter, price: Price | null): number | null => {
  const parts = [...closed, ...conversations.filter(isHeard).map(spentOf)]
  if (parts.length === 0) return null
  let total = 0
  for (const { costUsd, tokens } of parts) {
    if (costUsd !== null) total += costUsd
    else if (tokens !== null && price !== null) total += priced(tokens, price)
    else return null
  }
  return total
}
