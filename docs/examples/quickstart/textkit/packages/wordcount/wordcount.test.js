import assert from "node:assert/strict"
import test from "node:test"
import { wordcount } from "./wordcount.js"

const expected = { "": 0, "one two three": 3, "  much \n\t room  ": 2 }

for (const [text, count] of Object.entries(expected)) {
  test(JSON.stringify(text), () => {
    const got = wordcount(text)
    assert.equal(got, count, `wordcount(${JSON.stringify(text)}) should be ${count}, it was ${got}`)
  })
}
