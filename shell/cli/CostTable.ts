/**
 * What was spent, by account and by batch: for people as two tables and a sum, for programs as an object.
 */
import { type CostShare, nanoPerUsd } from "../store/CostShare.ts"
import * as Money from "../view/Money.ts"
import * as Table from "./Table.ts"

type Amounts = Omit<CostShare, "account" | "batch" | "path">

const nothing: Amounts = { tasks: 0, atWork: 0, attempts: 0, judgements: 0, nanoUsd: 0, isUnknown: false }

const sum = (shares: ReadonlyArray<Amounts>): Amounts =>
  shares.reduce(
    (total, { atWork, attempts, isUnknown, judgements, nanoUsd, tasks }) => ({
      tasks: total.tasks + tasks,
      atWork: total.atWork + atWork,
      attempts: total.attempts + attempts,
      judgements: total.judgements + judgements,
      nanoUsd: total.nanoUsd + nanoUsd,
      isUnknown: total.isUnknown || isUnknown
    }),
    nothing
  )

interface Group<Key> extends Amounts {
  readonly key: Key
  readonly path: string | null
}

/** In the order in which each key is met first. */
const by = <Key>(shares: ReadonlyArray<CostShare>, keyOf: (share: CostShare) => Key): ReadonlyArray<Group<Key>> => {
  const groups = new Map<Key, Group<Key>>()
  for (const share of shares) {
    const key = keyOf(share)
    groups.set(key, { key, path: share.path, ...sum([groups.get(key) ?? nothing, share]) })
  }
  return [...groups.values()]
}

/** The dearest first. */
const byAccount = (shares: ReadonlyArray<CostShare>) =>
  by(shares, ({ account }) => account).toSorted((a, b) => b.nanoUsd - a.nanoUsd || (a.key < b.key ? -1 : 1))

const byBatch = (shares: ReadonlyArray<CostShare>) => by(shares, ({ batch }) => batch)

const costOf = ({ isUnknown, nanoUsd }: Amounts): Money.Cost => ({ usd: nanoUsd / nanoPerUsd, isUnknown })

const counted: ReadonlyArray<Table.Column> = [
  { title: "TASKS", align: "right" },
  { title: "ATTEMPTS", align: "right" },
  { title: "JUDGED", align: "right" },
  { title: "COST", align: "right" }
]

const ofAccount: ReadonlyArray<Table.Column> = [{ title: "ACCOUNT", least: 8 }, ...counted]
const ofBatch: ReadonlyArray<Table.Column> = [
  { title: "BATCH", align: "right" },
  ...counted,
  { title: "FILE", least: 10 }
]

const cells = (amounts: Amounts): ReadonlyArray<string> => [
  String(amounts.tasks),
  String(amounts.attempts),
  String(amounts.judgements),
  Money.show(costOf(amounts))
]

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`

/** More batches than this are read by programs alone. */
const mostBatches = 50

/** The lines; `limit` is the width of the terminal, null for none. */
export const lines = (
  shares: ReadonlyArray<CostShare>,
  limit: number | null,
  dress?: Table.Dress
): ReadonlyArray<string> => {
  if (shares.length === 0) return ["no tasks yet"]
  const batches = byBatch(shares)
  const left = Math.max(0, batches.length - mostBatches)
  const total = sum(shares)
  return [
    ...Table.lines(
      ofAccount,
      byAccount(shares).map((each) => [each.key, ...cells(each)]),
      limit,
      dress
    ),
    "",
    ...Table.lines(
      ofBatch,
      batches
        .slice(left)
        .map((each) => [
          each.key === null ? "none" : String(each.key),
          ...cells(each),
          each.path ?? "(submitted one by one)"
        ]),
      limit,
      dress
    ),
    ...(left === 0 ? [] : [`… and ${left} earlier: --json has all of them`]),
    "",
    [
      plural(total.tasks, "task"),
      plural(total.attempts, "attempt"),
      ...(total.judgements === 0 ? [] : [`judged ${plural(total.judgements, "time")}`]),
      `cost ${Money.show(costOf(total))}`
    ].join(", "),
    ...(total.atWork === 0
      ? []
      : [`${plural(total.atWork, "task")} at work: what runs now is counted when it has ended`])
  ]
}

const amountsToJson = (amounts: Amounts) => ({
  tasks: amounts.tasks,
  at_work: amounts.atWork,
  attempts: amounts.attempts,
  judgements: amounts.judgements,
  ...Money.toJson(costOf(amounts))
})

/** For programs. */
export const toJson = (shares: ReadonlyArray<CostShare>) => ({
  accounts: byAccount(shares).map((each) => ({ id: each.key, ...amountsToJson(each) })),
  batches: byBatch(shares).map((each) => ({ batch: each.key, file: each.path, ...amountsToJson(each) })),
  total: amountsToJson(sum(shares))
})
