/** Agents that behave as badly as programs can. */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { expectDone, fleet, type Planned, until } from "./Fleet.ts"

const stubborn = `trap '' TERM INT HUP; while :; do sleep 1; done`

const tasks: ReadonlyArray<Planned> = [
  { name: "gibibyte", script: `head -c 1073741824 /dev/zero | tr '\\\\0' 'x'` },
  { name: "lines", script: `yes 'a line of an agent that does not stop to talk' | head -n 2000000` },
  { name: "deaf", script: "sleep 0.2", prompt: "It will not be read. ".repeat(20_000) },
  { name: "closed", script: "exec <&-; sleep 0.2" },
  { name: "mute", script: "exec >&- 2>&-; sleep 0.2" },
  { name: "forks", script: `i=0; while [ $i -lt 50 ]; do sleep 300 & i=$((i + 1)); done` },
  {
    name: "sessions",
    script: `i=0; while [ $i -lt 10 ]; do setsid sh -c "${stubborn}" & i=$((i + 1)); done; sleep 0.2`
  },
  { name: "orphans", script: `(setsid sh -c "${stubborn}" & ) ; (setsid setsid sh -c "${stubborn}" &); sleep 0.2` },
  { name: "leaves", script: `cd /; rmdir $root/work/leaves; mkdir $root/work/leaves` },
  { name: "renames", script: `sh -c 'exec -a "x) R 1 (" sleep 0.2' 2>/dev/null || sleep 0.2` }
]

it("PRC-2 agents that fork, change sessions, ignore signals, print without end or close what they have: each is done once, and nothing of it is left", () =>
  fleet(tasks, async (fleet) => {
    const run = fleet.supervise(["run", fleet.file])
    await until(run.isOver, 300_000)
    expect(fleet.log()).not.toContain("drover failed")
    expect(run.child.exitCode).toBe(0)
    await expectDone(fleet, Object.fromEntries(tasks.map(({ name }) => [name, 1])))
    const attempts = join(fleet.home, "attempts")
    const sizes = readdirSync(attempts).map((name) => statSync(join(attempts, name, "stdout.jsonl")).size)
    expect(Math.max(...sizes)).toBe(1024 ** 3)
  }))
