import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { turn } from "../../../shell/hooks/InTurns.ts"
import { kept, settle } from "../../../shell/process/Nursery.ts"

it("PRF-2 what a load of many tasks has left is collected at once, and what is held is not", async () => {
  const held = { name: "held" }
  const [ofHeld, left] = [new WeakRef(held), new WeakRef({ name: "left" })]
  // Until the end of the turn in which it was made everything lives.
  await turn()
  await Effect.runPromise(kept(Effect.void))
  await Effect.runPromise(settle(5000))
  expect(left.deref()).toBeUndefined()
  expect(ofHeld.deref()).toBe(held)
})
