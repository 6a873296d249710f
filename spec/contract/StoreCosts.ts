/** Costs against a fold over all tasks, attempts and verifications, read one by one. */
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect } from "vitest"
import { accountOfAgent } from "../../core/account/Account.ts"
import { type AttemptRecord, noProgress } from "../../core/execution/AttemptRecord.ts"
import type { TaskEvent } from "../../core/task/Apply.ts"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import { agentFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { Judge, Verifier } from "../../core/verify/Verifier.ts"
import type { CostShare } from "../../shell/store/CostShare.ts"
import { type Change, type NewTask, Store } from "../../shell/store/Store.ts"
import { someEvent } from "../shell/store/Histories.ts"
import {
  attemptOf,
  changeOf,
  existing,
  inStage,
  newTask,
  specOf,
  submission,
  verificationOf
} from "../shell/store/World.ts"
import type { Live } from "./Live.ts"

export const agent = (name: string, account?: string): AgentDefinition => ({
  ...specOf(name).agent,
  name,
  ...(account === undefined ? {} : { account })
})

const judge = (definition?: AgentDefinition): Judge => ({
  _tag: "Brain",
  prompt: "Is it good?",
  timeoutMin: 1,
  ...(definition === undefined ? {} : { definition })
})

const agents = [agent("coder"), agent("coder", "team"), agent("other", "team")]
const verifiers: ReadonlyArray<Verifier> = [
  { _tag: "Run", command: "true", timeoutMin: 1 },
  judge(),
  judge(agent("reviewer")),
  { ...judge(agent("reviewer", "team")), _tag: "Agent", agent: "reviewer" }
]

export const costly = (
  name: string,
  asked: Pick<NewTask["spec"], "agent" | "verify" | "roleAgents"> & { readonly merge?: NewTask["flow"]["merge"] }
): NewTask => {
  const task = newTask(name)
  const { agent, merge = "none", roleAgents = {}, verify } = asked
  return {
    ...task,
    spec: { ...task.spec, agent, verify, roleAgents },
    flow: { ...task.flow, merge, qa: roleAgents.qa === undefined ? "server" : "agent" }
  }
}

/** Micro-dollars, or a cost that is not told. */
const someCost = fc.option(fc.nat(3_000_000).map((micros) => micros / 1e6))
const someStep = fc.record({ choices: fc.array(fc.nat(10_000), { minLength: 6, maxLength: 6 }), cost: someCost })

const someLife = fc.record({
  agent: fc.constantFrom(...agents),
  verify: fc.array(fc.constantFrom(...verifiers), { maxLength: 3 }),
  merge: fc.constantFrom("none" as const, "squash" as const),
  roleAgents: fc.constantFrom<NonNullable<NewTask["spec"]["roleAgents"]>>(
    {},
    { qa: agent("critic") },
    { qa: agent("critic", "team"), merger: agent("mender") }
  ),
  steps: fc.array(someStep, { minLength: 10, maxLength: 30, size: "max" })
})

/** The same event with that cost and verifier. */
const priced = (task: Task, event: TaskEvent, costUsd: number | null): TaskEvent => {
  if (event._tag !== "ExecutionMoved") return event
  const inner = event.event
  const { execution, spec } = task
  switch (inner._tag) {
    case "RunBegin":
      return { ...event, event: { ...inner, index: inner.run % Math.max(1, spec.verify.length) } }
    case "Verdict": {
      const index = execution._tag === "Verifying" ? execution.index : inner.index
      const isFree = spec.verify[index]?._tag === "Run"
      return { ...event, event: { ...inner, index, costUsd: isFree ? null : costUsd } }
    }
    case "VerifiedDead":
      return { ...event, event: { ...inner, facts: { ...inner.facts, costUsd } } }
    default:
      return event
  }
}

/** The rows that a supervisor writes with the event. */
const rows = (task: Task, event: TaskEvent): Partial<Change> => {
  if (event._tag !== "ExecutionMoved") return {}
  const inner = event.event
  switch (inner._tag) {
    case "Launch":
    case "VerifyBegin": {
      const record = { ...attemptOf(task, inner.attempt.number), attempt: inner.attempt }
      return { attempt: { record, phase: "created" } }
    }
    case "VerifiedDead": {
      const progress = { ...noProgress(1500), costUsd: inner.facts.costUsd }
      const record = attemptOf(task, existing(inner.attempt), { progress, endedAt: 1800, outcome: "Clean" })
      return { attempt: { record, phase: "ended" } }
    }
    case "RunBegin":
    case "Verdict": {
      const kind = task.spec.verify[inner.index]?._tag ?? "Run"
      const ended =
        inner._tag === "Verdict" ? { endedAt: 1900, verdict: inner.verdict, tree: "t1", costUsd: inner.costUsd } : {}
      return { verification: verificationOf(task, inner.run, { index: inner.index, kind, ...ended }) }
    }
    default:
      return {}
  }
}

const isJudging = (event: TaskEvent): boolean =>
  event._tag === "ExecutionMoved" && (event.event._tag === "RunBegin" || event.event._tag === "Verdict")

/** A task that is judged or at work more often than not, each of whose steps has its cost. */
const liveThrough = (
  first: Task,
  steps: ReadonlyArray<{ readonly choices: ReadonlyArray<number>; readonly cost: number | null }>
) =>
  Effect.gen(function* () {
    const store = yield* Store
    let task = first
    for (const { choices, cost } of steps) {
      const events = choices.flatMap((choice) => someEvent(task, choice) ?? [])
      const event = events.find(isJudging) ?? events.find(({ _tag }) => _tag === "ExecutionMoved") ?? events[0]
      if (event === undefined) return
      const told = priced(task, event, cost)
      const change = changeOf(task, [told], rows(task, told))
      if (change === null) return
      yield* store.write(change)
      task = change.recorded.task
    }
  })

const nano = (usd: number): number => Math.round(usd * 1e9)

type Amounts = Omit<CostShare, "account" | "batch" | "path">
const nothing: Amounts = { tasks: 0, atWork: 0, attempts: 0, judgements: 0, nanoUsd: 0, isUnknown: false }

const plus = (a: Amounts, b: Amounts): Amounts => ({
  tasks: a.tasks + b.tasks,
  atWork: a.atWork + b.atWork,
  attempts: a.attempts + b.attempts,
  judgements: a.judgements + b.judgements,
  nanoUsd: a.nanoUsd + b.nanoUsd,
  isUnknown: a.isUnknown || b.isUnknown
})

const judgeOf = ({ spec }: Task, index: number): string | null => {
  const verifier = spec.verify[index]
  return verifier === undefined || verifier._tag === "Run" || verifier.definition === undefined
    ? null
    : accountOfAgent(verifier.definition)
}

/** What is known of the cost of an attempt; one that is not over yet may still tell. */
const known = ({ endedAt, progress }: AttemptRecord): number | null => (endedAt === null ? 0 : progress.costUsd)

/** By batch and account. */
const folded = Effect.gen(function* () {
  const store = yield* Store
  const shares = new Map<string, Amounts>()
  for (const task of yield* store.tasks({})) {
    const add = (account: string, amounts: Partial<Amounts>): void => {
      const key = `${task.batch} ${account}`
      shares.set(key, plus(shares.get(key) ?? nothing, { ...nothing, ...amounts }))
    }
    const own = accountOfAgent(task.spec.agent)
    const attempts = (yield* store.attempts(task.id)).filter(({ attempt }) => attempt.mode !== "VerifyOnly")
    const judgements = (yield* store.verifications(task.id)).filter(
      (each) => each.kind !== "Run" && each.endedAt !== null
    )
    for (const { costUsd, index } of judgements) {
      const cost = { judgements: 1, nanoUsd: nano(costUsd ?? 0), isUnknown: costUsd === null }
      add(judgeOf(task, index) ?? own, cost)
    }
    // What other agents have done for it is theirs.
    const others = attempts.filter(({ attempt }) => agentFor(task.spec, attempt.role) !== task.spec.agent)
    for (const { attempt, endedAt, progress } of others) {
      const { costUsd } = progress
      add(accountOfAgent(agentFor(task.spec, attempt.role)), {
        attempts: 1,
        nanoUsd: nano(costUsd ?? 0),
        isUnknown: endedAt !== null && costUsd === null
      })
    }
    const ofOthers = [...judgements.map(({ costUsd }) => costUsd), ...others.map(({ progress }) => progress.costUsd)]
    // Where a judge did not say its cost, the agent may be known whole: all of its attempts are, and nothing landed.
    const isWhole =
      [...judgements.map(({ costUsd }) => costUsd), ...others.map(known)].includes(null) &&
      task.flow.merge === "none" &&
      attempts.every((attempt) => others.includes(attempt) || known(attempt) !== null)
    add(own, {
      tasks: 1,
      atWork: task.execution._tag === "Idle" ? 0 : 1,
      attempts: attempts.length - others.length,
      nanoUsd: nano(task.facts.spentUsd) - ofOthers.reduce((sum: number, costUsd) => sum + nano(costUsd ?? 0), 0),
      isUnknown: task.facts.hasUnknownCost && !isWhole
    })
  }
  return shares
})

const told = (shares: ReadonlyArray<CostShare>): ReadonlyMap<string, Amounts> =>
  new Map(shares.map(({ account, batch, path: _, ...amounts }) => [`${batch} ${account}`, amounts]))

/** A task that has spent that. */
export const spent = (task: Task, spentUsd: number, hasUnknownCost = false): Change =>
  inStage({ ...task, facts: { ...task.facts, spentUsd, hasUnknownCost } }, task.stage)

const judged = (task: Task, run: number, index: number, costUsd: number | null) =>
  verificationOf(task, run, { index, kind: "Brain", endedAt: 1900, verdict: "PASS", tree: "t1", costUsd })

export const costs = (live: Live): void => {
  live(
    "API-10 costs by account and batch are those of all tasks, attempts and judges, and add up to what the tasks have spent",
    () =>
      Effect.gen(function* () {
        const store = yield* Store
        expect(yield* store.costs()).toEqual([])
        const lives = fc.sample(someLife, 45).map((life, index) => ({ ...life, name: `t${index}` }))
        const batches = []
        for (const [index, path] of [null, "/a.toml", "/b.toml"].entries()) {
          const tasks = lives.slice(15 * index, 15 * (index + 1)).map(({ name, ...asked }) => costly(name, asked))
          batches.push(yield* store.submit(submission(tasks, path)))
        }
        const first = yield* store.tasks({})
        const stepsOf = new Map(lives.map(({ name, steps }) => [name, steps]))
        // Side by side, so that their writes are committed together.
        yield* Effect.forEach(first, (task) => liveThrough(task, existing(stepsOf.get(task.spec.name))), {
          concurrency: "unbounded"
        })
        const all = yield* store.costs()
        expect(told(all)).toEqual(yield* folded)
        const key = ({ account, batch }: CostShare) => `${batch ?? 0} ${account}`
        expect(all.map(key)).toEqual(all.map(key).toSorted())
        expect(new Set(all.map(({ batch, path }) => `${batch} ${path}`))).toEqual(
          new Set(["null null", "1 /a.toml", "2 /b.toml"])
        )
        const tasks = yield* store.tasks({})
        expect(all.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0)).toBe(
          tasks.reduce((sum, { facts }) => sum + nano(facts.spentUsd), 0)
        )
        expect(all.some(({ isUnknown }) => isUnknown)).toBe(tasks.some(({ facts }) => facts.hasUnknownCost))
        for (const { batch } of batches) {
          if (batch === null) continue
          expect(yield* store.costs(batch)).toEqual(all.filter((share) => share.batch === batch))
        }
      })
  )

  live("API-10 what no judgement accounts for, as what a landing cost, is of the account of the task's agent", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const verify = [judge(agent("reviewer")), judge(agent("critic", "team"))]
      yield* store.submit(submission([costly("one", { agent: agent("coder"), verify })], null))
      const task = existing((yield* store.tasks({}))[0])
      // 1.00 of attempts, 0.50 and 0.25 of judges, 0.10 of a landing.
      const attempt = { ...attemptOf(task, 1), progress: { ...noProgress(1500), costUsd: 1 } }
      yield* store.write({
        ...spent(task, 1.85),
        attempt: { record: { ...attempt, endedAt: 1800, outcome: "Clean" }, phase: null },
        verification: judged(task, 1, 0, 0.5)
      })
      const now = existing((yield* store.tasks({}))[0])
      yield* store.write({ ...spent(now, 1.85), verification: judged(now, 2, 1, 0.25) })
      expect((yield* store.costs()).map(({ account, nanoUsd }) => [account, nanoUsd])).toEqual([
        ["coder", 1_100_000_000],
        ["reviewer", 500_000_000],
        ["team", 250_000_000]
      ])
    })
  )

  live("API-10 shares of less than a billionth of a dollar are rounded so that no account is owed anything", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const verify = [judge(agent("reviewer")), judge(agent("critic"))]
      yield* store.submit(submission([costly("one", { agent: agent("coder"), verify })], null))
      for (const [index, total] of [37.5e-9, 75e-9].entries()) {
        const task = existing((yield* store.tasks({}))[0])
        yield* store.write({ ...spent(task, total), verification: judged(task, index + 1, index, 37.5e-9) })
      }
      expect((yield* store.costs()).map(({ account, nanoUsd }) => [account, nanoUsd])).toEqual([
        ["coder", 0],
        ["critic", 37],
        ["reviewer", 38]
      ])
    })
  )

  live("API-10 an agent whose attempts all told their cost is not called unknown for a judge that did not", () =>
    Effect.gen(function* () {
      const store = yield* Store
      const one = costly("one", { agent: agent("coder"), verify: [judge(agent("reviewer"))] })
      const landing = costly("two", { agent: agent("lander"), verify: [judge(agent("reviewer"))] })
      yield* store.submit(submission([one, { ...landing, flow: { ...landing.flow, merge: "squash" } }], null))
      const add = (index: number, number: number, record: Partial<AttemptRecord>) =>
        Effect.gen(function* () {
          const task = existing((yield* store.tasks({}))[index])
          yield* store.write({
            ...spent(task, 1, true),
            attempt: { record: attemptOf(task, number, record), phase: null },
            verification: judged(task, number, 0, null)
          })
          const shares = yield* store.costs()
          return Object.fromEntries(shares.map(({ account, isUnknown }) => [account, isUnknown]))
        })
      const known = { progress: { ...noProgress(1500), costUsd: 1 }, endedAt: 1800, outcome: "Clean" } as const
      expect(yield* add(0, 1, known)).toEqual({ coder: false, lander: false, reviewer: true })
      expect(yield* add(0, 2, {})).toMatchObject({ coder: false })
      expect(yield* add(0, 3, { endedAt: 1800, outcome: "LaunchFailed" })).toMatchObject({ coder: false })
      expect(yield* add(0, 4, { endedAt: 1800, outcome: "Clean" })).toMatchObject({ coder: true })
      // What a landing cost has no row: it may be that which is not known.
      expect(yield* add(1, 1, known)).toMatchObject({ lander: true })
    })
  )
}
