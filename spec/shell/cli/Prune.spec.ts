import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import { short } from "../../../shell/cli/Size.ts"
import { site } from "./Drover.ts"

it("STO-8 prune says what went and how much, a dry run what would go; doctor says what is used and what would go", async () => {
  const here = await site()
  try {
    expect(await here.run("prune")).toMatchObject({
      code: 0,
      stdout: "nothing is old enough; 0 bytes of attempts are kept\n"
    })
    await here.write("tasks.toml", '[[task]]\nname = "one"\nagent = "sh"\nprompt = "head -c 50000 /dev/zero"\n')
    expect((await here.run("run", "tasks.toml")).code).toBe(0)
    expect((await here.run("prune")).stdout).toMatch(/^nothing is old enough; 50\.1 kB of attempts are kept\n$/)
    const dry = await here.run("prune", "--older-than", "0s", "--dry-run")
    expect(dry.stdout).toMatch(/^ATTEMPT {2}WHAT +SIZE\n1\.1 +all files +50\.1 kB\n50\.1 kB would be removed; 0 bytes/)
    const usage = (await here.run("doctor")).stdout.split("\n").find((line) => line.includes("usage")) ?? ""
    expect(usage).toMatch(/^ok {4}usage +store .*, attempts 50\.1 kB, logs of supervisors \d+ bytes, other [\d.]+ \w+$/)
    expect(await here.json("prune", "--older-than", "0s", "--json")).toMatchObject({
      dry_run: false,
      removed: [{ attempt: "1.1", what: "attempt" }],
      kept_bytes: 0,
      failed: []
    })
    expect(await readdir(join(here.home, "attempts"))).toEqual([])
    for (const age of ["14", "d", "soon", "-1d", "1x", "1d2h"]) {
      const refused = await here.run("prune", "--older-than", age)
      expect([age, refused.code, refused.stdout]).toEqual([age, 2, ""])
    }
    for (const age of ["1.5h", "36 hours", "2w", "30m", "90d"]) {
      expect([age, (await here.run("prune", "--older-than", age)).code]).toEqual([age, 0])
    }
  } finally {
    await here.remove()
  }
})

it("API-7 an amount of bytes has one unit, and as many digits as tell something", () => {
  const rows: ReadonlyArray<readonly [bytes: number, text: string]> = [
    [0, "0 bytes"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [1_234_567_890, "1.2 GB"],
    [5e15, "5000.0 TB"]
  ]
  for (const [bytes, text] of rows) expect(short(bytes)).toBe(text)
})
