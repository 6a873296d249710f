/** Spares what no longer matters once a mutant is found: smaller cases, and the loading of every file that is left. */
import fc from "fast-check"
import { afterEach } from "vitest"
import { search } from "./Search.ts"

// vitest skips the specs after the first red one, but would still load their files.
if (search.isOver) throw new Error("an earlier spec has found the mutant")

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true })

afterEach(({ task }) => {
  if (task.result?.state === "fail") search.isOver = true
})
