/** Who may not begin beside whom, and which reason is given of several: a row each. */
import { expect, it } from "vitest"
import type { Execution } from "../../../core/execution/Execution.ts"
import type { Task } from "../../../core/task/Task.ts"
import { askedFor, giveBack, type Holding, holderOf, holdingOf, take, vacant } from "../../../core/tick/Occupancy.ts"
import { type Demand, newWork } from "../../../core/tick/Proposal.ts"
import * as Refusal from "../../../core/tick/Refusal.ts"
import type { Wait } from "../../../core/tick/Wait.ts"
import { own, running } from "./Decided.ts"
import { id, limitedAccount, minute, now, run, spec, taskOf, type Varied } from "./Worlds.ts"

const sole: Varied = { spec: { agent: { ...spec.agent, exclusive: true }, cwd: "/work/a", isolate: "in-place" } }
const verifying: Demand = { kind: "slot", isFinishing: true, usesAccount: false, session: null }
const landing: Demand = { kind: "repository", isFinishing: true, usesAccount: false, session: null }
const withSession: Demand = { ...newWork, session: "s1" }

const holding = (varied: Partial<Holding> = {}): Holding => ({
  task: id(5),
  batch: null,
  isPlace: true,
  directory: null,
  agent: null,
  session: null,
  repository: null,
  account: null,
  ...varied
})

const asker: Task = taskOf({ ...sole, id: 2 })

const terms = (held: ReadonlyArray<Holding>, varied: Partial<Refusal.Terms> = {}): Refusal.Terms => {
  const occupancy = vacant()
  for (const each of held) take(occupancy, each)
  return { now, maxConcurrent: 4, isDraining: false, pressure: null, accounts: new Map(), occupancy, ...varied }
}

const refused = (demand: Demand, ...given: Parameters<typeof terms>): Wait | null =>
  Refusal.refusal(terms(...given), Refusal.requestOf(asker, demand))

const account = limitedAccount("worker", now + minute)
const accounts = new Map([["worker", account]])
const directory = holding({ directory: "/work/a" })
const agent = holding({ task: id(6), agent: "worker" })
const session = holding({ task: id(7), session: "s1" })
const repository = holding({ task: id(8), repository: "/work/a", isPlace: false })
const four = [1, 2, 3, 4].map(() => holding())

it("TCK-3 each thing that there is one of keeps out who asks for it, and nobody else", () => {
  const rows: ReadonlyArray<readonly [what: string, Wait | null, Wait | null]> = [
    ["nobody", refused(withSession, []), null],
    [
      "others",
      refused(withSession, [holding({ directory: "/b", agent: "x", session: "s2", repository: "/work/a" })]),
      null
    ],
    ["a directory", refused(newWork, [directory]), { _tag: "Directory", by: id(5) }],
    ["an agent", refused(newWork, [agent]), { _tag: "Agent", by: id(6) }],
    ["an agent that is not asked", refused(verifying, [agent]), null],
    ["a session", refused(withSession, [session]), { _tag: "Mailbox", by: id(7) }],
    ["a session that is not asked", refused(newWork, [session]), null],
    ["a landing", refused(landing, [repository]), { _tag: "Repository", by: id(8) }],
    ["a landing beside work", refused(landing, [directory, agent, ...four]), null],
    ["places", refused(newWork, four), { _tag: "Slots", held: 4, limit: 4 }],
    ["places but one", refused(newWork, four.slice(1)), null],
    ["an account", refused(newWork, [], { accounts }), { _tag: "Limited", until: now + minute }],
    ["an account that is not used", refused(verifying, [], { accounts }), null],
    ["another account", refused(newWork, [], { accounts: new Map([["other", account]]) }), null],
    ["a drain", refused(newWork, [], { isDraining: true }), { _tag: "Draining" }],
    ["a drain, and it finishes", refused(verifying, [], { isDraining: true }), null],
    ["a drain, and it lands", refused(landing, [], { isDraining: true }), null],
    ["pressure", refused(newWork, [], { pressure: "no memory" }), { _tag: "Pressure", why: "no memory" }],
    ["pressure, and it finishes", refused(verifying, [], { pressure: "no memory" }), null]
  ]
  for (const [what, found, expected] of rows) expect([what, found]).toEqual([what, expected])
})

it("TCK-6 of several reasons the most telling is given: the door, the account, what is held by name, the places", () => {
  const all = [directory, agent, session, ...four]
  const open = { isDraining: false, pressure: null, accounts: new Map() }
  const order: ReadonlyArray<readonly [Wait["_tag"] | undefined, Wait | null]> = [
    ["Draining", refused(withSession, all, { isDraining: true, pressure: "p", accounts })],
    ["Pressure", refused(withSession, all, { pressure: "p", accounts })],
    ["Limited", refused(withSession, all, { accounts })],
    ["Directory", refused(withSession, all, open)],
    ["Agent", refused(withSession, all.slice(1), open)],
    ["Mailbox", refused(withSession, all.slice(2), open)],
    ["Slots", refused(withSession, all.slice(3), open)]
  ]
  for (const [expected, found] of order) expect(found?._tag).toBe(expected)
  const request = Refusal.requestOf(asker, withSession)
  const shared = (...given: Parameters<typeof terms>) => Refusal.common(terms(...given), request)?._tag
  expect([
    shared(all, { isDraining: true, accounts }),
    shared(all, { accounts }),
    shared(all),
    shared(four),
    shared([directory, session])
  ]).toEqual(["Draining", "Limited", "Agent", "Slots", undefined])
  const local = (...given: Parameters<typeof terms>) => Refusal.local(terms(...given), request)?._tag
  expect([local(all, { isDraining: true, accounts }), local([session]), local([agent, ...four])]).toEqual([
    "Directory",
    "Mailbox",
    undefined
  ])
  expect(Refusal.local(terms([repository]), Refusal.requestOf(asker, landing))?._tag).toBe("Repository")
})

it("TCK-7 two ask for the same only when everything that could refuse them is the same", () => {
  const request = Refusal.requestOf(asker, withSession)
  expect(request).toEqual({
    kind: "slot",
    isFinishing: false,
    account: "worker",
    agent: "worker",
    directory: "/work/a",
    session: "s1",
    repository: null
  })
  expect(Refusal.requestOf(asker, landing)).toEqual({
    kind: "repository",
    isFinishing: true,
    account: null,
    agent: null,
    directory: null,
    session: null,
    repository: "/work/a"
  })
  expect(Refusal.isSameRequest(request, { ...request })).toBe(true)
  const others: ReadonlyArray<Partial<Refusal.Request>> = [
    { kind: "repository" },
    { isFinishing: true },
    { account: null },
    { agent: null },
    { directory: "/b" },
    { session: null },
    { repository: "/b" }
  ]
  for (const other of others)
    expect([other, Refusal.isSameRequest(request, { ...request, ...other })]).toEqual([other, false])
})

it("TCK-3 what a task holds is what it does: a place with its directory and agent, or the landing of its repository", () => {
  const of = (execution: Execution, varied: Varied = sole) => taskOf({ ...varied, id: 5, execution })
  const mailbox = { session: "s1", isBusy: false }
  const place = holding({ directory: "/work/a", agent: "worker", account: "worker" })
  const land: Execution = { _tag: "Landing", run: run(6), visit: 2, base: "b", candidate: null, since: now }
  const assigned: Execution = { _tag: "Assigned", attempt: own, messageId: "m1", since: now }
  const landed = holding({ isPlace: false, repository: "/work/a" })
  expect(holdingOf(of({ _tag: "Idle" }), mailbox)).toBeNull()
  expect(holdingOf(of(running()), mailbox)).toEqual(place)
  expect(holdingOf(of(running(), { spec: { cwd: "/work/a" } }), null)).toEqual({
    ...place,
    directory: null,
    agent: null
  })
  expect(holdingOf(of(assigned), mailbox)).toEqual({ ...place, session: "s1" })
  expect(holdingOf(of(assigned), null)).toEqual(place)
  expect(holdingOf(of(land), mailbox)).toEqual(landed)
  expect(askedFor(of({ _tag: "Idle" }), withSession)).toEqual({ ...place, session: "s1" })
  expect(askedFor(of({ _tag: "Idle" }), verifying)).toEqual({ ...place, account: null })
  expect(askedFor(of({ _tag: "Idle" }), landing)).toEqual(landed)
})

it("TCK-3 what was taken is given back whole, and of several holders the first by id is named", () => {
  const books = vacant()
  const full = holding({ directory: "/d", agent: "a", session: "s", repository: "/r", account: "x" })
  const also = { ...full, task: id(3) }
  take(books, full)
  take(books, also)
  expect([books.places, books.placesByBatch.get(null), books.attemptsByAccount.get("x")]).toEqual([2, 2, 2])
  const holders = [books.directories, books.agents, books.sessions, books.repositories]
  const names = ["/d", "a", "s", "/r"]
  expect(holders.map((each, index) => holderOf(each, names[index] ?? ""))).toEqual([3, 3, 3, 3])
  expect(holderOf(books.directories, null)).toBeNull()
  giveBack(books, also)
  expect(holders.map((each, index) => holderOf(each, names[index] ?? ""))).toEqual([5, 5, 5, 5])
  giveBack(books, full)
  giveBack(books, holding({ isPlace: false }))
  expect(books).toEqual(vacant())
})
