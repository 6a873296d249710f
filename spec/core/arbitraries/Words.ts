/** The values that the core machines work on, derived from their schemas: anything the types allow. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { Execution } from "../../../core/execution/Execution.ts"
import { ExecutionEvent } from "../../../core/execution/ExecutionEvent.ts"
import * as Stage from "../../../core/stage/Stage.ts"
import { StageEvent } from "../../../core/stage/StageEvent.ts"
import { TaskEvent } from "../../../core/task/Apply.ts"
import { Flow } from "../../../core/task/Flow.ts"
import type { Spec } from "../../../core/task/Spec.ts"
import { Task } from "../../../core/task/Task.ts"

export const flow = Arbitrary.make(Flow)
export const stage = Arbitrary.make(Stage.Stage)
export const stageEvent = Arbitrary.make(StageEvent)
export const execution = Arbitrary.make(Execution)
export const executionEvent = Arbitrary.make(ExecutionEvent)

/** JavaScript itself loses this name as a key of a plain object. */
const isOrdinary = ({ agent, roleAgents = {}, verify }: Spec): boolean =>
  [
    agent,
    ...Object.values(roleAgents),
    ...verify.flatMap((each) => (each._tag === "Run" ? [] : (each.definition ?? [])))
  ].every(({ env }) => !Object.hasOwn(env, "__proto__"))

export const task = Arbitrary.make(Task).filter((each) => isOrdinary(each.spec))
export const taskEvent = Arbitrary.make(TaskEvent).filter(
  (each) => each._tag !== "Respecified" || isOrdinary(each.spec)
)

/** What a block or a hold may come back to, and what a person may freeze. */
export const resumable = Arbitrary.make(Stage.Resumable)
export const freezable = Arbitrary.make(Stage.Frozen).map(({ resumeTo }) => resumeTo)

/** What is read back when a value was written as JSON text. */
export const throughJson = <A, I>(schema: Schema.Schema<A, I>, value: A): A =>
  Schema.decodeUnknownSync(schema)(JSON.parse(JSON.stringify(Schema.encodeSync(schema)(value))))

/** JSON knows one zero only, and drover does not tell them apart. */
const withOneZero = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withOneZero)
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withOneZero(each)]))
}

/** A value, and what its codec gives back for it, to be compared with `toEqual`. */
export const roundTrip = <A, I>(schema: Schema.Schema<A, I>, value: A): readonly [unknown, unknown] => [
  withOneZero(value),
  withOneZero(throughJson(schema, value))
]

/** The examples first, then as many generated cases as any property gets. */
export const besides = <Ts extends [unknown, ...ReadonlyArray<unknown>]>(
  ...examples: ReadonlyArray<Ts>
): fc.Parameters<Ts> => ({
  examples: [...examples],
  numRuns: examples.length + (fc.readConfigureGlobal()?.numRuns ?? 100)
})

/** A random choice, made useful by what there is to choose from. */
export const choose = <A>(n: number, from: readonly [A, ...ReadonlyArray<A>]): A => from[n % from.length] ?? from[0]
