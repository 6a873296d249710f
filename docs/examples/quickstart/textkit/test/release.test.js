import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import test from "node:test"
import * as textkit from "../index.js"

const notes = readFileSync(new URL("../RELEASE.md", import.meta.url), "utf8")

for (const [name, run] of Object.entries(textkit)) {
  test(`${name} has an example that is true`, () => {
    const [, text, result] = new RegExp(`^## ${name}\\n\\n    ${name}\\((".*")\\) // (.*)$`, "m").exec(notes) ?? []
    assert.ok(text !== undefined, `RELEASE.md has no example of ${name}`)
    assert.deepEqual(run(JSON.parse(text)), JSON.parse(result))
  })
}

test("there is something to tell", () => assert.ok(Object.keys(textkit).length > 0))
