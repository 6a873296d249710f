/**
 * Who would wait for whom if a submission were stored, across batches: a changed task may close a circle that runs
 * through tasks which are not in the submission at all.
 */
import * as Effect from "effect/Effect"
import * as Dependencies from "../../core/task/Dependencies.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import * as Codec from "./Codec.ts"
import type { DriverFailure, Reads } from "./Encoded.ts"
import type * as Rows from "./Rows.ts"
import type { MalformedRow } from "./Store.ts"

interface Submitted {
  readonly id: TaskId
  readonly task: { readonly spec: { readonly name: string } }
  /** Null where it is not known; then what is stored counts. */
  readonly dependsOn: ReadonlyArray<TaskId> | null
}

/** One circle by the names along it (`#42` for a task of no name here), or null. */
export const findCycle = (
  reads: Reads,
  batch: ReadonlyArray<Rows.TaskRow>,
  submitted: ReadonlyArray<Submitted>
): Effect.Effect<ReadonlyArray<string> | null, DriverFailure | MalformedRow> =>
  Effect.gen(function* () {
    const names = new Map<number, string>()
    const edges = new Map<number, ReadonlyArray<number>>()
    for (const row of batch) {
      const { dependsOn, spec } = yield* Codec.submitted(row)
      names.set(row.id, spec.name)
      edges.set(row.id, dependsOn)
    }
    for (const { dependsOn, id, task } of submitted) {
      names.set(id, task.spec.name)
      if (dependsOn !== null) edges.set(id, dependsOn)
    }
    let frontier = unseen(edges, edges.values())
    while (frontier.length > 0) {
      const found = new Map(frontier.map((id): [number, ReadonlyArray<number>] => [id, []]))
      for (const row of yield* reads.dependencies(frontier)) found.set(row.id, yield* Codec.dependencies(row))
      for (const [id, dependsOn] of found) edges.set(id, dependsOn)
      frontier = unseen(edges, found.values())
    }
    const name = (id: number): string => names.get(id) ?? `#${id}`
    return Dependencies.findCycle(new Map([...edges].map(([id, dependsOn]) => [name(id), dependsOn.map(name)])))
  })

const unseen = (edges: ReadonlyMap<number, unknown>, lists: Iterable<ReadonlyArray<number>>): ReadonlyArray<number> => {
  const ids = new Set<number>()
  for (const list of lists) for (const id of list) if (!edges.has(id)) ids.add(id)
  return [...ids]
}
