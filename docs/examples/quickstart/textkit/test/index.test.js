import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import test from "node:test"
import * as textkit from "../index.js"

test("every package is exported, and nothing else", () => {
  assert.deepEqual(Object.keys(textkit).sort(), readdirSync(new URL("../packages", import.meta.url)).sort())
})

test("the packages work together", () => {
  const title = "Ready, steady, go"
  assert.equal(textkit.slugify(title).split("-").length, textkit.wordcount(title))
})
