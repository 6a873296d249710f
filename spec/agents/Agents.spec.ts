/** The vendors' real programs under the built drover, against a scripted model (`npm run spec:agents`). */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { FoundTask } from "../crash/Found.ts"
import * as Machine from "../crash/Machine.ts"
import { kill } from "../crash/Program.ts"
import type { Step } from "./model/Step.ts"
import { programsOf } from "./Programs.ts"
import { site, until } from "./Site.ts"
import { type Vendor, vendors } from "./Vendors.ts"

const outcomes = ({ attempts }: FoundTask) => attempts.map(({ outcome }) => outcome)
const modes = ({ attempts }: FoundTask) => attempts.map(({ attempt }) => attempt.mode)
const sessions = ({ attempts }: FoundTask) => new Set(attempts.map(({ progress }) => progress.session))
const verdicts = ({ verifications }: FoundTask) => verifications.map(({ verdict }) => verdict)

const expectVerified = ({ task }: FoundTask): void => expect(task.stage).toMatchObject({ _tag: "Done", verified: true })

const work: ReadonlyArray<Step> = [{ sh: "echo goodbye >hello.txt" }, { text: "I wrote it." }]
const verify = "grep -q goodbye hello.txt"

const commits = (text: string): string =>
  `echo "${text}" >hello.txt && git add -A && git -c user.name=a -c user.email=a@localhost commit -qm work`

const git = (cwd: string, ...args: ReadonlyArray<string>): string =>
  execFileSync("git", args, { cwd }).toString().trim()

/** An answer that says that the plan is used up, in the words of each API. */
const usedUp = (vendor: Vendor): Step => {
  const resets = Math.ceil(Date.now() / 1000) + 20
  switch (vendor) {
    case "claude-code":
      return {
        status: 429,
        message: "This request would exceed your account's rate limit.",
        headers: {
          "anthropic-ratelimit-unified-status": "rejected",
          "anthropic-ratelimit-unified-reset": String(resets),
          "anthropic-ratelimit-unified-representative-claim": "five_hour",
          "anthropic-ratelimit-unified-overage-status": "rejected"
        }
      }
    case "codex":
      return {
        status: 429,
        message: "used up",
        body: { error: { type: "usage_limit_reached", message: "The usage limit has been reached", plan_type: "plus" } }
      }
    case "opencode":
      return { status: 429, message: "Rate limit reached.", headers: { "retry-after": "1" } }
  }
}

describe.each(vendors)("%s", (vendor) => {
  it("AGT-2 happy path: the work is done, verified, and what it cost is known or said to be unknown", () =>
    site(vendor, { script: work, verify }, async ({ end }) => {
      const found = await end()
      expectVerified(found)
      expect(outcomes(found)).toEqual(["Clean"])
      const { costUsd, session, toolTurns } = found.attempts[0]?.progress ?? {}
      expect([session === null, toolTurns]).toEqual([false, 1])
      expect(costUsd === null).toBe(vendor === "codex")
    }))

  it("API-5 what a person must allow is not done by itself: the tool is refused, told why, and the agent goes on", () =>
    site(
      vendor,
      {
        script: [{ sh: "echo ran >ran.txt" }, { text: "I was not allowed to." }],
        verify: "test ! -e ran.txt",
        task: `approve = "manual"`
      },
      async ({ end, model, start, work }) => {
        if (vendor === "opencode") {
          const run = start()
          await until(run.isOver)
          expect(run.child.exitCode).toBe(2)
          return expect(readFileSync(join(work, "../supervisors.log"), "utf8")).toContain("can not be held")
        }
        const found = await end()
        expect(outcomes(found)).toEqual(["Clean"])
        expect(existsSync(join(work, "ran.txt"))).toBe(false)
        return expect((model.bodies.get("task") ?? []).join()).toContain(
          "drover: no tool of this task runs unless a person allows it"
        )
      }
    ))

  it("EXE-8 lying exit 0: who says that it is done and is not gets the reason, and does it then", () =>
    site(
      vendor,
      { script: [{ text: "Done. Pushing it now." }, ...work], verify: `${verify} || { echo no such word; exit 1; }` },
      async ({ end, model }) => {
        const found = await end()
        expectVerified(found)
        expect(outcomes(found)).toEqual(["Clean", "Clean"])
        expect(verdicts(found)).toEqual(["FAIL", "PASS"])
        expect(model.bodies.get("task")?.[1]).toContain("no such word")
      }
    ))

  it("EXE-5 429 once: it waits by itself, and nothing is made of it", () =>
    site(
      vendor,
      { script: [{ status: 429, message: "slow down", headers: { "retry-after": "1" } }, ...work], verify },
      async ({ end }) => {
        const found = await end()
        expectVerified(found)
        expect(outcomes(found)).toEqual(["Clean"])
        expect(found.attempts[0]?.progress.limit).toBeNull()
      }
    ))

  it("EXE-5 usage limit: no attempt is used, the account waits, and the conversation goes on after it", () => {
    const oauth = { CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-scripted", ANTHROPIC_API_KEY: "" }
    const refusals = vendor === "opencode" ? 6 : 1
    const asked = {
      script: [...Array.from({ length: refusals }, () => usedUp(vendor)), ...work],
      verify,
      task: "max_retries = 0",
      ...(vendor === "claude-code" ? { env: oauth } : {})
    }
    return site(vendor, asked, async ({ end }) => {
      const found = await end()
      expectVerified(found)
      expect(outcomes(found)).toEqual(["Limited", "Clean"])
      expect(found.task.facts.attemptsUsed).toBeLessThanOrEqual(1)
      expect(modes(found)).toEqual(["Cold", "Warm"])
      expect(sessions(found).size).toBe(1)
    })
  })

  it("EXE-6 hang: it is stopped when nothing comes any more, and goes on where it was", () =>
    site(
      vendor,
      {
        script: [{ sh: "echo begun >begun.txt", text: "I begin." }, { hang: true }, ...work],
        verify: `${verify} && test -e begun.txt`,
        task: "inactivity_secs = 8"
      },
      async ({ end }) => {
        const found = await end()
        expectVerified(found)
        expect(outcomes(found)).toEqual(["Stopped", "Clean"])
        expect(modes(found)).toEqual(["Cold", "Warm"])
        expect(sessions(found).size).toBe(1)
      }
    ))

  it("EXE-8 disconnect: an answer that is cut in the middle is asked for again", () =>
    site(vendor, { script: [{ cut: "I will write" }, ...work], verify }, async ({ end }) => {
      const found = await end()
      expectVerified(found)
      expect(outcomes(found)).toEqual(["Clean"])
    }))

  it("PRC-2 background child: what a tool leaves behind in a session of its own is ended before the work is judged", () => {
    const leaves = "setsid sleep 600 >/dev/null 2>&1 </dev/null & echo goodbye >hello.txt"
    return site(vendor, { script: [{ sh: leaves }, { text: "It runs." }], verify }, async ({ end, work }) => {
      const found = await end()
      expectVerified(found)
      expect(outcomes(found)).toEqual(["Clean"])
      expect(Machine.belonging(work, () => false, new Set([process.pid]))).toEqual([])
    })
  })

  it("PRC-1 SIGKILL of the supervisor in mid-turn: the next one adopts the agent, and nothing is done twice", () =>
    site(
      vendor,
      {
        script: [
          { sh: "echo begun >>begun.txt; while ! test -e go; do sleep 0.1; done; echo goodbye >hello.txt" },
          { text: "I wrote it." }
        ],
        verify: `${verify} && test $(wc -l <begun.txt) = 1`
      },
      async ({ end, start, work }) => {
        const first = start()
        await until(() => existsSync(join(work, "begun.txt")))
        await kill(first)
        const ended = end()
        await until(async () => readFileSync(join(work, "../supervisors.log"), "utf8").split("RUNNING").length > 2)
        writeFileSync(join(work, "go"), "")
        const found = await ended
        expectVerified(found)
        expect(outcomes(found)).toEqual(["Clean"])
      }
    ))

  it("WRK-2 two tasks at once in one repository: each is done in a worktree of its own, and committed on its branch", () => {
    const asked = {
      script: [{ sh: commits("goodbye") }, { text: "I wrote it." }],
      verify: `${verify} && git diff --quiet HEAD`,
      isTwofold: true
    }
    return site(vendor, asked, async ({ end, found, work }) => {
      expectVerified(await end())
      expectVerified(await found("twin"))
      const heads = git(work, "for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")
      expect(heads.toSorted()).toEqual(["drover/1-task", "drover/2-twin", "main"])
      expect(existsSync(join(work, "hello.txt"))).toBe(false)
    })
  })

  it("WRK-3 happy path to a landed commit: what is committed is on the branch, and in the checkout of its user", () =>
    site(
      vendor,
      { script: [{ sh: commits("goodbye") }, { text: "I wrote it." }], verify, lands: true },
      async ({ end, work }) => {
        const found = await end()
        const tip = git(work, "rev-parse", "main")
        expect(found.task.stage).toMatchObject({
          _tag: "Done",
          verified: true,
          landing: { _tag: "Merged", commit: tip }
        })
        expect([git(work, "rev-list", "--count", "main"), git(work, "status", "--porcelain")]).toEqual(["2", ""])
        expect(readFileSync(join(work, "hello.txt"), "utf8")).toBe("goodbye\n")
      }
    ))

  it("WRK-5 two tasks that conflict: an agent merges the second, and both have landed", () => {
    const merges = `git -c user.name=a -c user.email=a@localhost merge -q main; ${commits("goodbye of both")}`
    const script = [
      { sh: commits("goodbye of $DROVER_TASK") },
      { text: "I wrote it." },
      { sh: merges },
      { text: "Merged." }
    ]
    return site(vendor, { script, verify, isTwofold: true, lands: true }, async ({ end, found, work }) => {
      const both = [await end(), await found("twin")]
      for (const one of both) expect(one.task.stage).toMatchObject({ _tag: "Done", landing: { _tag: "Merged" } })
      const roles = both.flatMap(({ attempts }) => attempts.map(({ attempt }) => attempt.role))
      expect(roles.toSorted()).toEqual(["coder", "coder", "merger"])
      expect(git(work, "rev-list", "--count", "main")).toBe("3")
      expect(git(work, "show", "main:hello.txt")).toBe("goodbye of both")
    })
  })

  it("EXE-10 SIGKILL of the agent: all of it is ended, and its conversation goes on", () =>
    site(
      vendor,
      {
        script: [{ sh: "echo begun >>begun.txt; exec sleep 600", text: "I begin." }, ...work],
        verify
      },
      async ({ end, found, model, work }) => {
        const ended = end()
        await until(() => existsSync(join(work, "begun.txt")))
        // OpenCode tells of a conversation with its first words, and of a tool when it is over.
        await until(async () => (await found()).attempts[0]?.progress.session !== null || vendor !== "opencode")
        const marker = (await found()).attempts[0]?.marker ?? ""
        for (const pid of programsOf(marker)) process.kill(pid, "SIGKILL")
        const told = await ended
        expectVerified(told)
        expect(outcomes(told)).toEqual(["Forced", "Clean"])
        expect(modes(told)).toEqual(["Cold", "Warm"])
        expect(sessions(told).size).toBe(1)
        expect(model.bodies.get("task")?.at(-1)).toContain("may have run to its end")
      }
    ))
})
