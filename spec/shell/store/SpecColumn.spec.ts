/** What was asked for is read in parts, which are kept once; and comes out as the whole schema reads it. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { expect, inject, it } from "vitest"
import { Spec } from "../../../core/task/Spec.ts"
import { explain } from "../../../shell/store/Explain.ts"
import { reader } from "../../../shell/store/JsonColumn.ts"
import { readSpec } from "../../../shell/store/SpecColumn.ts"
import { sweep, text } from "../../fuzz/Hostile.ts"
import { rows } from "../../fuzz/RowDocuments.ts"

const whole = reader(Spec)
const documents = rows.filter(({ name }) => name === "spec of a task").flatMap(({ documents }) => documents)

/** The value with its keys in their order, or the reason as the store tells it. */
const told = (read: ReturnType<typeof readSpec>): string =>
  Either.match(read, { onLeft: explain, onRight: (spec) => JSON.stringify(spec) })

it("STG-11 a spec read in parts is the one that its schema reads, key by key, or the same error", () => {
  expect(documents.length).toBeGreaterThan(0)
  for (const document of documents)
    for (const changed of [document, ...sweep(document)]) {
      expect(told(readSpec(changed))).toBe(told(whole(changed)))
      expect(told(readSpec(changed))).toBe(told(whole(changed)))
    }
  fc.assert(
    fc.property(text(documents), (changed) => void expect(told(readSpec(changed))).toBe(told(whole(changed)))),
    { seed: inject("seed"), numRuns: inject("runs") }
  )
})

it("TCK-7 what the specs of two tasks have alike is in memory once", () => {
  for (const document of documents) {
    const one = Either.getOrThrow(readSpec(JSON.stringify(Either.getOrThrow(whole(document)))))
    const other = Either.getOrThrow(readSpec(JSON.stringify({ ...one, name: "another" })))
    expect(other.agent).toBe(one.agent)
    expect(other.verify).toBe(one.verify)
    expect(other.name).toBe("another")
  }
})
