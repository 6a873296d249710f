/** A site with tasks in it, and what the specs of the API ask of it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import { Problem } from "../../../shell/http/api/Problem.ts"
import { post, serving, type Site } from "./World.ts"

export const one = { name: "one", prompt: "exit 0", cwd: "/tmp", agent: "sh" }

/** Three tasks of no batch: #1 one, #2 two, #3 three. */
export const withTasks = Effect.gen(function* () {
  const site = yield* serving()
  for (const name of ["one", "two", "three"]) {
    expect((yield* post(site, "/api/tasks", { ...one, name })).status).toBe(200)
  }
  return site
})

/** The last event there is: nothing was written when it is the same as before. */
export const written = ({ store }: Site) => Effect.map(store.open, ({ seq }) => seq)

export const problemOf = (body: unknown) => Schema.decodeUnknownSync(Problem)(body)
