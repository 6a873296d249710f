/** The streams of a browser that has signed in, over a real port. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { ask, listen, signIn } from "./Browser.ts"
import { withTasks } from "./Tasks.ts"

it.scopedLive("BRD-1 signing out ends the streams of that browser at once, and of no other", () =>
  Effect.gen(function* () {
    const site = yield* withTasks
    const [one, two] = [yield* signIn(site), yield* signIn(site)]
    const streams = yield* Effect.promise(() => Promise.all([listen(one), listen(one), listen(two)]))
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200])
    const ended: Array<number> = []
    const [first, second, other] = streams.map(({ over }, index) => over.finally(() => ended.push(index)))
    yield* Effect.promise(() => ask(one, "/board/sign-out", { method: "POST" }))
    yield* Effect.promise(() => Promise.all([first, second]))
    expect(ended.toSorted()).toEqual([0, 1])
    expect((yield* Effect.promise(() => ask(two, "/healthz"))).status).toBe(200)
    yield* Effect.promise(() => ask(two, "/board/sign-out", { method: "POST" }))
    expect(yield* Effect.promise(() => other ?? Promise.resolve(""))).toContain("retry: ")
  })
)
