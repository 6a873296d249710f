/** Rows of a store whose columns were damaged: an error that names the place, or what the column still says; no default. */
import * as Either from "effect/Either"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import { rows } from "./RowDocuments.ts"
import { secret, sweep, text } from "./Hostile.ts"
import { bounded, tally, writeDown } from "./Tally.ts"

afterAll(writeDown)

/** Of a detail: a path, and what was expected there. */
const detailLength = 1000

/** Whether all that is in the first is in the second, at its place. */
const isWithin = (part: unknown, whole: unknown): boolean => {
  if (typeof part !== "object" || part === null) return Object.is(part, whole) || part === whole
  if (typeof whole !== "object" || whole === null || Array.isArray(part) !== Array.isArray(whole)) return false
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && isWithin(value, Reflect.get(whole, key))
  )
}

describe.each(rows)("$name", ({ decode, documents, name, table }) => {
  const count = tally(`column ${name}`)
  const expectNoDefault = (column: string): void => {
    const found = bounded(() => decode(column))
    count(column.length, Either.isRight(found) ? "value" : "refused")
    if (Either.isRight(found)) {
      expect(isWithin(JSON.parse(found.right), JSON.parse(column))).toBe(true)
      return
    }
    expect(found.left._tag).toBe("MalformedRow")
    expect(found.left.table).toBe(table)
    expect(found.left.detail.length).toBeLessThanOrEqual(detailLength)
    expect(found.left.message).not.toContain(secret)
  }

  it(`STG-11 a damaged ${name} is an error that names its table and row, or says only what is in it`, () => {
    for (const document of documents) expect(Either.isRight(decode(document))).toBe(true)
    fc.assert(fc.property(text(documents), expectNoDefault))
  })

  it(`STG-11 the same of a ${name} with any one of its values replaced`, () => {
    for (const document of documents) {
      bounded(() => {
        for (const changed of sweep(document)) expectNoDefault(changed)
      })
    }
  })
})
