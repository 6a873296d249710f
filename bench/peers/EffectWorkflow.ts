/** `@effect/workflow` on one runner of `@effect/cluster`, its messages in SQLite: workflows of one activity, all under way at once. */
import { join } from "node:path"
import * as ClusterWorkflowEngine from "@effect/cluster/ClusterWorkflowEngine"
import * as SingleRunner from "@effect/cluster/SingleRunner"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Activity from "@effect/workflow/Activity"
import * as Workflow from "@effect/workflow/Workflow"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as SqlClient from "@effect/sql/SqlClient"
import type { Opened, Site } from "./Peer.ts"

const Job = Workflow.make({
  name: "Job",
  payload: { id: Schema.String, body: Schema.String },
  success: Schema.Number,
  idempotencyKey: ({ id }) => id
})

const step = Activity.make({ name: "Step", success: Schema.Number, execute: Effect.succeed(1) })

export const open = async ({ directory }: Site): Promise<Opened> => {
  const client = SqliteClient.layer({ filename: join(directory, "workflow.db") })
  const synced = Layer.effectDiscard(Effect.flatMap(SqlClient.SqlClient, (sql) => sql`PRAGMA synchronous = FULL`))
  const layer = Job.toLayer(() => step).pipe(
    Layer.provideMerge(ClusterWorkflowEngine.layer),
    Layer.provide(SingleRunner.layer({ runnerStorage: "memory" })),
    Layer.provide(Layer.provideMerge(synced, client))
  )
  const runtime = ManagedRuntime.make(layer)
  await runtime.runPromise(Effect.void)
  let id = 0
  let running: Array<Fiber.RuntimeFiber<number, unknown>> = []
  const start = (body: string): void => {
    running.push(runtime.runFork(Job.execute({ id: `${id++}`, body })))
  }
  return {
    add: (body) => runtime.runPromise(Effect.asVoid(Job.execute({ id: `${id++}`, body }, { discard: true }))),
    // Nothing says when one is kept but not yet run: `work` waits for all of it.
    addAll: (bodies) => Promise.resolve(bodies.forEach(start)),
    work: async () => {
      const started = running
      running = []
      await Effect.runPromise(Effect.asVoid(Fiber.joinAll(started)))
    },
    close: () => runtime.dispose()
  }
}
