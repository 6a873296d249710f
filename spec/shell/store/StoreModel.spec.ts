/** The store against a model that is a map of tasks: whatever is asked of both, in whatever order, they agree. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Context from "effect/Context"
import * as Scope from "effect/Scope"
import fc from "fast-check"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { defaults } from "../../../core/policy/Policy.ts"
import { isTerminal } from "../../../core/stage/Projection.ts"
import { BatchId, type TaskId } from "../../../core/task/Identifiers.ts"
import * as Record from "../../../core/task/Record.ts"
import * as TaskValue from "../../../core/task/Task.ts"
import type { Task } from "../../../core/task/Task.ts"
import { layerMemory } from "../../../shell/store/MemoryStore.ts"
import { layer } from "../../../shell/store/SqlStore.ts"
import { type AttentionChange, type Change, Store } from "../../../shell/store/Store.ts"
import { someEvent } from "./Histories.ts"
import { attemptOf, changeOf, contradictions, existing, folder, newTask, specOf, submission, taskId } from "./World.ts"

interface Model {
  readonly tasks: Map<TaskId, Task>
  /** The prompt each name was submitted with last. */
  readonly prompts: Map<string, string>
  readonly attempts: Map<TaskId, ReadonlyArray<number>>
  readonly attention: Set<string>
  readonly changed: Set<TaskId>
  epoch: number
}

/** A store that can be closed and opened again. */
class Real {
  private scope: Scope.CloseableScope | null = null
  private service: typeof Store.Service | null = null
  seen = 0
  private readonly make: () => Layer.Layer<Store, unknown>

  constructor(make: () => Layer.Layer<Store, unknown>) {
    this.make = make
  }

  async open(): Promise<void> {
    const scope = await Effect.runPromise(Scope.make())
    this.scope = scope
    this.service = Context.get(await Effect.runPromise(Layer.buildWithScope(this.make(), scope)), Store)
  }

  async close(): Promise<void> {
    if (this.scope !== null) await Effect.runPromise(Scope.close(this.scope, Exit.void))
  }

  run<A, E>(use: (store: typeof Store.Service) => Effect.Effect<A, E, Store>): Promise<Either.Either<A, E>> {
    const service = existing(this.service)
    return Effect.runPromise(Effect.either(Effect.provideService(use(service), Store, service)))
  }
}

type Command = fc.AsyncCommand<Model, Real>

const agree = async (model: Model, real: Real): Promise<void> => {
  const tasks = [...model.tasks.values()]
  expect(Either.getOrThrow(await real.run((store) => store.tasks({})))).toEqual(tasks)
  const open = Either.getOrThrow(await real.run((store) => store.open))
  expect(open.tasks).toEqual(tasks.filter((task) => !isTerminal(task.stage) || task.execution._tag !== "Idle"))
  const changed = Either.getOrThrow(await real.run((store) => store.changedSince(real.seen)))
  expect(changed.tasks.map(({ id }) => id)).toEqual([...model.changed].toSorted((a, b) => a - b))
  model.changed.clear()
  real.seen = open.seq
  const items = Either.getOrThrow(await real.run((store) => store.attention)).map(({ key }) => key)
  // Those of accounts come with them: `contradictions` looks at both.
  const keys = items.filter((key) => !key.startsWith("account:"))
  expect(new Set(keys)).toEqual(model.attention)
  expect(keys).toHaveLength(model.attention.size)
}

const command = (text: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real)
    await agree(model, real)
  },
  toString: () => text
})

const submit = (wanted: ReadonlyArray<{ readonly name: string; readonly prompt: string }>): Command =>
  command(`submit(${JSON.stringify(wanted)})`, async (model, real) => {
    const tasks = wanted.map(({ name, prompt }) => ({ ...newTask(name), spec: specOf(name, prompt) }))
    const byName = new Map([...model.tasks.values()].map((task) => [task.spec.name, task]))
    const next = new Map(model.tasks)
    const was: Array<"added" | "updated" | "unchanged"> = []
    let refused = false
    for (const { flow, spec } of tasks) {
      const task = byName.get(spec.name)
      if (task === undefined) {
        const id = taskId(next.size + 1)
        const created = { id, batch: BatchId.make(1), spec, flow, dependsOn: [], upcoming: false, createdAt: 1000 }
        next.set(id, TaskValue.create(created))
        was.push("added")
      } else if (model.prompts.get(spec.name) === spec.prompt) {
        was.push("unchanged")
      } else {
        const changed = Record.record(
          task,
          [{ _tag: "Respecified", spec, flow, dependsOn: [] }],
          "submission",
          defaults
        )
        if (Either.isLeft(changed)) refused = true
        else next.set(task.id, changed.right.task)
        was.push("updated")
      }
    }
    const answer = await real.run((store) => store.submit(submission(tasks)))
    expect(Either.isLeft(answer)).toBe(refused)
    if (Either.isLeft(answer)) return
    expect(answer.right.tasks.map((task) => task.was)).toEqual(was)
    for (const [id, task] of next) {
      if (model.tasks.get(id) !== task) model.changed.add(id)
      model.tasks.set(id, task)
    }
    for (const { name, prompt } of wanted) model.prompts.set(name, prompt)
  })

interface Wanted {
  readonly task: number
  readonly events: ReadonlyArray<number>
  /** The revision that was read, this much too old. */
  readonly stale: number
  readonly epoch: "none" | "present" | "older"
  readonly attempt: number | null
  readonly attention: ReadonlyArray<AttentionChange>
}

/** The change that is wanted, as far as core allows it. */
const changeFor = (model: Model, wanted: Wanted): Change | null => {
  const task = [...model.tasks.values()][wanted.task % Math.max(1, model.tasks.size)]
  if (task === undefined) return null
  let current = task
  const events = []
  for (const choice of wanted.events) {
    const event = someEvent(current, choice)
    if (event === null) break
    events.push(event)
    current = existing(changeOf(current, [event])).recorded.task
  }
  return changeOf(task, events, {
    epoch: wanted.epoch === "none" ? null : wanted.epoch === "present" ? model.epoch : model.epoch - 1,
    expectedRevision: task.revision - wanted.stale,
    attempt: wanted.attempt === null ? null : { record: attemptOf(task, wanted.attempt), phase: "created" },
    attention: wanted.attention
  })
}

const write = (wanted: ReadonlyArray<Wanted>): Command =>
  command(`write(${JSON.stringify(wanted)})`, async (model, real) => {
    const changes = wanted.flatMap((each) => changeFor(model, each) ?? [])
    const isFenced = changes.some(({ epoch }) => epoch !== null && epoch !== model.epoch)
    const answer = await real.run((store) => store.writeAll(changes))
    expect(Either.isLeft(answer)).toBe(isFenced)
    if (Either.isLeft(answer)) return
    const expected = changes.map((change) => {
      const before = existing(model.tasks.get(change.task))
      const numbers = model.attempts.get(change.task) ?? []
      const number = change.attempt?.record.attempt.number
      const isConflict =
        before.revision !== change.expectedRevision || (number !== undefined && numbers.includes(number))
      if (isConflict) return false
      model.tasks.set(change.task, change.recorded.task)
      if (change.recorded.entries.length > 0) model.changed.add(change.task)
      if (number !== undefined) model.attempts.set(change.task, [...numbers, number])
      for (const each of change.attention) {
        if (each._tag === "Raise") model.attention.add(each.key)
        else model.attention.delete(each.key)
      }
      return true
    })
    expect(answer.right.map(Either.isRight)).toEqual(expected)
    for (const [id, numbers] of model.attempts) {
      const found = Either.getOrThrow(await real.run((store) => store.attempts(id)))
      expect(found.map(({ attempt }) => attempt.number)).toEqual(numbers.toSorted((a, b) => a - b))
    }
  })

const takeEpoch = command("takeEpoch", async (model, real) => {
  model.epoch += 1
  const taken = await real.run((store) => store.takeEpoch({ host: "h", pid: 1, at: 1 }))
  expect(taken).toEqual(Either.right(model.epoch))
})

const reopen = command("reopen", async (_, real) => {
  await real.close()
  await real.open()
})

const small = fc.nat(4)
const attention: fc.Arbitrary<AttentionChange> = fc.oneof(
  small.map((key): AttentionChange => ({ _tag: "Raise", key: `k${key}`, text: "look" })),
  small.map((key): AttentionChange => ({ _tag: "Clear", key: `k${key}` }))
)
const rarely = <A, B>(common: A, rare: B) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: fc.constant(rare) })
const wanted: fc.Arbitrary<Wanted> = fc.record({
  task: small,
  events: fc.array(fc.nat(1000), { maxLength: 4 }),
  stale: rarely(0, 1),
  epoch: fc.oneof(
    { weight: 6, arbitrary: fc.constant("present" as const) },
    { weight: 2, arbitrary: fc.constant("none" as const) },
    { weight: 1, arbitrary: fc.constant("older" as const) }
  ),
  attempt: fc.option(fc.integer({ min: 1, max: 5 })),
  attention: fc.array(attention, { maxLength: 2 })
})
const commands = (canReopen: boolean) => [
  fc
    .uniqueArray(
      fc.record({ name: fc.constantFrom("a", "b", "c", "d", "e"), prompt: fc.constantFrom("do it", "do it well") }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 3 }
    )
    .map(submit),
  fc.array(wanted, { minLength: 1, maxLength: 4 }).map(write),
  fc.array(wanted, { minLength: 1, maxLength: 4 }).map(write),
  fc.constant(takeEpoch),
  ...(canReopen ? [fc.constant(reopen)] : [])
]

const property = (canReopen: boolean, make: (path: string) => Layer.Layer<Store, unknown>) =>
  fc.asyncProperty(fc.commands(commands(canReopen), { maxCommands: 25 }), (steps) =>
    Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(folder, (path) =>
          Effect.promise(async () => {
            const real = new Real(() => make(join(path, "drover.db")))
            await real.open()
            const model: Model = {
              tasks: new Map(),
              prompts: new Map(),
              attempts: new Map(),
              attention: new Set(),
              changed: new Set(),
              epoch: 0
            }
            await fc.asyncModelRun(() => ({ model, real }), steps)
            expect(await real.run(() => contradictions)).toEqual(Either.right([]))
            await real.close()
          })
        )
      )
    )
  )

describe("the store against its model", () => {
  it("STO-1 in memory, any order of submissions, changes and epochs leaves what the model says", () =>
    fc.assert(
      property(false, () => layerMemory),
      { numRuns: 40 }
    ))

  it("STO-1 over SQLite the same, also when it is closed and opened in between", () =>
    fc.assert(
      property(true, (file) => layer({ file })),
      { numRuns: 25 }
    ))
})
