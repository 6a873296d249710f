/** What a tick costs: it follows what changed, not what there is. Counted, not timed. */
import { describe, expect, it } from "vitest"
import { BatchId } from "../../../../core/task/Identifiers.ts"
import * as Reconciler from "../../../../core/tick/Reconciler.ts"
import { type OwnView, unobserved } from "../../../../core/tick/World.ts"
import { alive, process } from "../Pairs.ts"
import { attempt, id, minute, now, policy, second, taskOf, type Varied } from "../Worlds.ts"

const viewOf = (number: number, varied: Varied = {}): OwnView => unobserved(taskOf({ id: number, ...varied }), [])

const running = (number: number, varied: Varied = {}): OwnView => ({
  ...viewOf(number, {
    execution: { _tag: "Running", attempt: attempt(), carrier: { _tag: "Process", process }, since: now },
    ...varied
  }),
  observation: { ...alive, lastProgressAt: now }
})

const backingOff = (number: number, until: number): OwnView =>
  viewOf(number, { execution: { _tag: "Backoff", attempt: attempt(), until, mode: "Retry", feedback: null } })

const held = (number: number): OwnView =>
  viewOf(number, { stage: { _tag: "Frozen", resumeTo: { _tag: "Coding", feedback: null } } })

const done = { _tag: "Done", at: now, landing: { _tag: "NothingToMerge" }, verified: true } as const
const inPlace = { spec: { cwd: "/shared", isolate: "in-place" } } as const
const many = <A>(count: number, of: (number: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, at) => of(at + 1))

const begin = (tasks: ReadonlyArray<OwnView>, varied: Partial<Reconciler.Parameters> = {}) => {
  const parameters = { policy, isDraining: false, pressure: null, accounts: [], ...varied }
  const reconciler = Reconciler.make(parameters)
  return { reconciler, first: reconciler.advance({ tasks }, now) }
}

const nothing: Reconciler.Advance = { actions: [], decided: 0, looked: 0, unobserved: [] }

const started = ({ actions }: Reconciler.Advance): ReadonlyArray<number> => actions.map(({ task }) => Number(task))

describe("the cost of a tick", () => {
  it("TCK-7 nobody is decided about, and none of those that ask is looked at, where nothing changed", () => {
    const tasks = [
      ...many(4, (n) => running(n)),
      ...many(500, (n) => viewOf(10 + n)),
      ...many(500, (n) => held(1000 + n))
    ]
    const { first, reconciler } = begin(tasks)
    expect([first.decided, first.looked, first.actions]).toEqual([tasks.length, 0, []])
    for (const later of [0, 1, second]) {
      expect(reconciler.advance({}, now + later)).toEqual(nothing)
    }
    expect(reconciler.waitOf(id(11))).toEqual({ _tag: "Slots", held: 4, limit: 4 })
  })

  it("TCK-7 of a thousand tasks those three are decided about that changed", () => {
    const { reconciler } = begin(many(1000, (n) => held(n)))
    expect(reconciler.advance({ tasks: [held(1), held(500), held(7)] }, now).decided).toBe(3)
  })

  it("TCK-7 a task is decided about when it is due, at that moment and not before", () => {
    const { reconciler } = begin([
      ...many(100, (n) => held(n)),
      backingOff(200, now + minute),
      backingOff(201, now + 2 * minute)
    ])
    expect(reconciler.nextAt()).toBe(now + minute)
    expect(reconciler.advance({}, now + minute - 1)).toEqual(nothing)
    const due = reconciler.advance({}, now + minute)
    expect([due.decided, started(due)]).toEqual([1, [200]])
    expect(reconciler.nextAt()).toBe(now + 2 * minute)
  })

  it("TCK-7 a deadline that moves later with every sign of progress wakes nobody at the earlier one", () => {
    const { reconciler } = begin([running(1)])
    const quiet = 300 * second
    for (let at = second; at < 2 * quiet; at += 50 * second) {
      const progressed = { ...running(1), observation: { ...alive, lastProgressAt: now + at } }
      expect(reconciler.advance({ tasks: [progressed] }, now + at).decided).toBe(1)
      expect(reconciler.advance({}, now + at + 49 * second).decided).toBe(0)
    }
    const last = reconciler.nextAt()
    expect(reconciler.advance({}, last - 1).decided).toBe(0)
    expect(reconciler.advance({}, last).actions).toMatchObject([{ _tag: "Stop", why: "Inactive" }])
  })

  it("TCK-7 who waits for a hundred tasks is decided about when the last of them is done, and says till then for whom", () => {
    const dependsOn = many(100, (n) => n)
    const waits = viewOf(200, { stage: { _tag: "Backlog" }, dependsOn })
    const { reconciler } = begin([...dependsOn.map(held), waits])
    for (const n of dependsOn.slice(0, -1)) {
      expect(reconciler.advance({ tasks: [viewOf(n, { stage: done })] }, now)).toMatchObject({
        actions: [],
        decided: 1
      })
    }
    expect(reconciler.waitOf(id(200))).toEqual({ _tag: "Dependencies", unmet: [id(100)] })
    const last = reconciler.advance({ tasks: [viewOf(100, { stage: done })] }, now)
    expect([last.decided, last.actions]).toMatchObject([2, [{ _tag: "Promote", task: 200 }]])
  })

  it("TCK-7 who names a task twice that it waits for waits for it once, and again when it is not done any more", () => {
    const waits = viewOf(2, { stage: { _tag: "Backlog" }, dependsOn: [1, 1] })
    const { reconciler } = begin([held(1), waits])
    expect(reconciler.waitOf(id(2))).toEqual({ _tag: "Dependencies", unmet: [id(1), id(1)] })
    const met = reconciler.advance({ tasks: [viewOf(1, { stage: done })] }, now)
    expect(met.actions).toMatchObject([{ _tag: "Promote", task: 2 }])
    expect(reconciler.advance({ tasks: [held(1)] }, now).actions).toEqual([])
    expect(reconciler.advance({ tasks: [viewOf(1, { stage: done })] }, now).actions).toHaveLength(1)
  })

  it("TCK-7 of a thousand that wait for one directory only the next is looked at, and one more that finds it taken", () => {
    const { first, reconciler } = begin(
      many(1000, (n) => viewOf(n, { createdAt: n, batch: BatchId.make(1), ...inPlace }))
    )
    expect([started(first), first.looked]).toEqual([[1], 2])
    const begun = reconciler.advance({ tasks: [running(1, inPlace)] }, now)
    expect([begun.actions, begun.looked]).toEqual([[], 0])
    expect(reconciler.waitOf(id(1000))).toEqual({ _tag: "Directory", by: id(1) })
    const ended = reconciler.advance({ tasks: [held(1)] }, now)
    expect([started(ended), ended.looked, ended.decided]).toEqual([[2], 2, 1])
  })

  it("TCK-7 while the fleet drains, or the host can take no more, or the account is limited, nobody new is looked at", () => {
    const tasks = many(1000, (n) => viewOf(n))
    const account = { id: "worker", window: { _tag: "Limited", until: now + minute }, pause: null } as const
    for (const closed of [{ isDraining: true }, { pressure: "out of memory" }, { accounts: [account] }]) {
      const { first, reconciler } = begin(tasks, closed)
      expect([first.actions, first.looked]).toEqual([[], 0])
      const opened = reconciler.advance({ isDraining: false, pressure: null, accounts: [] }, now)
      expect([started(opened), opened.looked, opened.decided]).toEqual([[1, 2, 3, 4], 4, 0])
    }
    const { reconciler } = begin(tasks, { accounts: [account] })
    expect(reconciler.nextAt()).toBe(now + minute)
    expect(started(reconciler.advance({}, now + minute))).toEqual([1])
    expect(reconciler.waitOf(id(2))).toEqual({ _tag: "Canary", account: "worker", by: id(1) })
  })

  it("TCK-7 how many run at once changes no decision; any other number of the policy may change each", () => {
    const { reconciler } = begin(many(50, (n) => held(n)))
    expect(reconciler.advance({ policy: { ...policy, maxConcurrent: 9 } }, now).decided).toBe(0)
    expect(reconciler.advance({ policy: { ...policy, claimMs: 1 } }, now).decided).toBe(50)
    expect(reconciler.advance({ policy: { ...policy, claimMs: 1, inactivityOffUntil: now } }, now).decided).toBe(50)
    expect(reconciler.advance({ policy: { ...policy, claimMs: 1 } }, now).decided).toBe(50)
  })

  it("TCK-7 a clock that goes back wakes those alone whose moment has not come again", () => {
    const { reconciler } = begin([
      ...many(50, (n) => held(n)),
      backingOff(60, now - minute),
      backingOff(61, now + minute)
    ])
    expect(reconciler.advance({}, now - second).decided).toBe(0)
    const back = reconciler.advance({}, now - 2 * minute)
    expect([back.decided, back.actions]).toEqual([1, []])
  })

  it("TCK-7 a task that is gone asks for nothing, holds nothing and is due at no time", () => {
    const { reconciler } = begin([running(1, inPlace), viewOf(2, inPlace), backingOff(3, now + minute)])
    const after = reconciler.advance({ gone: [id(1), id(3)] }, now)
    expect(started(after)).toEqual([2])
    expect([reconciler.nextAt(), reconciler.waitOf(id(3))]).toEqual([Number.POSITIVE_INFINITY, null])
    expect(reconciler.advance({ gone: [id(2), id(9)] }, now + minute)).toEqual(nothing)
  })
})
