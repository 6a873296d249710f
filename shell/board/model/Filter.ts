/**
 * What a person looks for: words, and `key:value` parts, in one line that is also in the address. Every part narrows; several
 * values of one key widen (`agent:claude agent:codex`).
 */
import type { Card } from "../../http/api/BoardWire.ts"

const keys = ["is", "agent", "account", "batch", "repo"] as const
export type Key = (typeof keys)[number]

/** What can be said of `is`. */
export const conditions = ["needs-you", "running", "waiting", "held", "stuck", "failed"] as const

export interface Filter {
  /** In small letters; each must occur. */
  readonly words: ReadonlyArray<string>
  readonly values: Readonly<Record<Key, ReadonlyArray<string>>>
}

const isKey = (text: string): text is Key => keys.some((key) => key === text)

/** Parts between spaces; quotes hold a part together. */
const parts = (line: string): ReadonlyArray<string> => line.match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []
const bare = (text: string): string => text.replaceAll('"', "")
const quoted = (text: string): string => (/[\s:]/.test(text) ? `"${text}"` : text)

/** Any line means something. */
export const parse = (line: string): Filter => {
  const words: Array<string> = []
  const values: Record<Key, Array<string>> = { is: [], agent: [], account: [], batch: [], repo: [] }
  for (const part of parts(line)) {
    const at = part.indexOf(":")
    const key = part.slice(0, Math.max(0, at))
    const value = bare(part.slice(at + 1))
    if (isKey(key) && value !== "") {
      if (!values[key].includes(value)) values[key].push(value)
    } else if (bare(part) !== "") words.push(bare(part).toLowerCase())
  }
  return { words, values }
}

/** The line that means it. */
export const print = ({ values, words }: Filter): string =>
  [...words.map(quoted), ...keys.flatMap((key) => values[key].map((value) => `${key}:${quoted(value)}`))].join(" ")

/** With that value of a key and no other; without any for null. */
export const choose = (filter: Filter, key: Key, value: string | null): Filter => ({
  ...filter,
  values: { ...filter.values, [key]: value === null ? [] : [bare(value)] }
})

const working: ReadonlySet<Card["state"]> = new Set<Card["state"]>(["ASSIGNED", "RUNNING", "VERIFYING"])

const holds = (condition: string, card: Card): boolean => {
  switch (condition) {
    case "needs-you":
      return card.needs_person !== null
    case "running":
      return working.has(card.state)
    case "waiting":
      return card.waiting !== null || card.until !== null
    case "held":
      return card.is_held
    case "stuck":
      return card.stuck_on !== null
    case "failed":
      return card.verdict === "failed" || card.badge.startsWith("merge-failure")
    default:
      return false
  }
}

/** The last part of a path: how people call a repository. */
export const repository = (cwd: string): string => cwd.replace(/\/+$/, "").split("/").at(-1) ?? cwd

const of: Readonly<Record<Key, (card: Card, value: string) => boolean>> = {
  is: (card, value) => holds(value, card),
  agent: (card, value) => card.agent === value,
  account: (card, value) => card.account === value,
  batch: (card, value) => String(card.batch) === value,
  repo: (card, value) => card.cwd === value || repository(card.cwd) === value
}

const text = (card: Card): string =>
  `#${card.id}\n${card.name}\n${card.cwd}\n${card.agent}\n${card.waiting ?? ""}\n${card.needs_person ?? ""}`.toLowerCase()

export const isEmpty = ({ values, words }: Filter): boolean =>
  words.length === 0 && keys.every((key) => values[key].length === 0)

/** Whether a card is what is looked for. */
export const passes = (filter: Filter): ((card: Card) => boolean) => {
  if (isEmpty(filter)) return () => true
  const used = keys.filter((key) => filter.values[key].length > 0)
  return (card) => {
    for (const key of used) if (!filter.values[key].some((value) => of[key](card, value))) return false
    if (filter.words.length === 0) return true
    const whole = text(card)
    return filter.words.every((word) => whole.includes(word))
  }
}

const offered = ["agent", "account", "batch", "repo"] as const
type Offered = (typeof offered)[number]
export type Choices = Readonly<Record<Offered, ReadonlyArray<string>>>

export const noChoices: Choices = { agent: [], account: [], batch: [], repo: [] }

const valueOf: Readonly<Record<Offered, (card: Card) => string | null>> = {
  agent: ({ agent }) => agent,
  account: ({ account }) => account,
  batch: ({ batch }) => (batch === null ? null : String(batch)),
  repo: ({ cwd }) => repository(cwd)
}

/** The values that a person chooses from, with those of more cards; sorted, and the same object where there is none that is new. */
export const choices = (known: Choices, cards: Iterable<Card>): Choices => {
  const found = {
    agent: new Set(known.agent),
    account: new Set(known.account),
    batch: new Set(known.batch),
    repo: new Set(known.repo)
  }
  for (const card of cards) {
    for (const key of offered) {
      const value = valueOf[key](card)
      if (value !== null) found[key].add(value)
    }
  }
  if (offered.every((key) => found[key].size === known[key].length)) return known
  const sorted = (key: Offered) => [...found[key]].toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
  return { agent: sorted("agent"), account: sorted("account"), batch: sorted("batch"), repo: sorted("repo") }
}
