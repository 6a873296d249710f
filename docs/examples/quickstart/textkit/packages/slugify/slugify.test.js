import assert from "node:assert/strict"
import test from "node:test"
import { slugify } from "./slugify.js"

const expected = {
  "Hello World": "hello-world",
  "Crème brûlée": "creme-brulee",
  "Salt & Pepper": "salt-and-pepper",
  "What, already done?": "what-already-done"
}

for (const [text, slug] of Object.entries(expected)) {
  test(text, () => {
    const got = slugify(text)
    const [given, wanted, was] = [text, slug, got].map((value) => JSON.stringify(value))
    assert.equal(got, slug, `slugify(${given}) should be ${wanted}, it was ${was}`)
  })
}
