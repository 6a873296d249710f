/** What is written for launchd, read by Python's reader of property lists. */
import { execFileSync, spawnSync } from "node:child_process"
import fc from "fast-check"
import { expect, it } from "vitest"
import { render } from "../../../shell/service/LaunchdPlist.ts"
import * as Words from "./Words.ts"

const hasPython = spawnSync("python3", ["-c", "import plistlib"]).status === 0

/** Many at once: each start takes longer than all the reading. */
const read = (lists: ReadonlyArray<string>): ReadonlyArray<Record<string, unknown>> =>
  JSON.parse(
    execFileSync(
      "python3",
      ["-c", "import json,plistlib,sys; print(json.dumps([plistlib.loads(t.encode()) for t in json.load(sys.stdin)]))"],
      { input: JSON.stringify(lists), encoding: "utf8" }
    )
  )

it.skipIf(!hasPython)(
  "PRC-1 a property list of launchd says every path and variable as it is, and has agents outlive the supervisor",
  () => {
    const service = fc.record({
      about: Words.path,
      command: fc.array(Words.path, { minLength: 1, maxLength: 4 }),
      environment: fc.dictionary(Words.variable, Words.word)
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(service, Words.word, Words.path), { minLength: 50, maxLength: 50 }), (all) => {
        const found = read(all.map(([given, label, log]) => render(given, label, log)))
        for (const [index, [given, label, log]] of all.entries()) {
          expect(found[index]).toEqual({
            Label: label,
            ProgramArguments: given.command,
            EnvironmentVariables: { ...given.environment },
            RunAtLoad: true,
            KeepAlive: { SuccessfulExit: false },
            ThrottleInterval: 10,
            ExitTimeOut: 60,
            AbandonProcessGroup: true,
            StandardErrorPath: log
          })
        }
      }),
      { numRuns: 5, endOnFailure: true }
    )
  }
)
