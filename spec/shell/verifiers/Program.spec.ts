/** What is started for each kind of verifier. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it, onTestFinished } from "vitest"
import { type AgentDefinition, Kind } from "../../../core/task/AgentDefinition.ts"
import type { Judge, Verifier } from "../../../core/verify/Verifier.ts"
import * as Program from "../../../shell/verifiers/Program.ts"

const definition: AgentDefinition = {
  name: "critic",
  kind: "command",
  command: "/bin/critic",
  args: ["--own"],
  env: { OWN: "own" },
  passEnv: ["NAMED"],
  model: "large"
}

const source = { PATH: process.env.PATH, HOME: "/home/a", NAMED: "named", OTHERS: "others", SECRET: "secret" }

const wanted = (verifier: Verifier): Program.Wanted => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "drover-program-")))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return {
    verifier,
    task: { prompt: "Make it total.", agent: { passEnv: ["OTHERS"] } },
    own: { DROVER_TASK: "1" },
    directory,
    marker: `${"a".repeat(32)}.v1`,
    cwd: directory,
    since: { _tag: "Time", at: 0 },
    source
  }
}

const prepared = (verifier: Verifier) => Effect.runPromise(Program.prepare(wanted(verifier)))

type Asked = Omit<Extract<Judge, { readonly _tag: "Brain" }>, "_tag">

/** One of each kind. */
const judges = (changes: Partial<Asked>): ReadonlyArray<Judge> => {
  const asked: Asked = { prompt: "Is it?", timeoutMin: 5, definition, ...changes }
  return [
    { _tag: "Brain", ...asked },
    { _tag: "Agent", agent: "critic", ...asked }
  ]
}

it("AGT-4 a verifier gets of the environment what its own definition names, a command what that of its task's agent does", async () => {
  for (const judge of judges({})) {
    const { directory, env } = await prepared(judge)
    expect(env).toEqual({
      PATH: source.PATH,
      HOME: "/home/a",
      NAMED: "named",
      OWN: "own",
      DROVER_TASK: "1",
      DROVER_MODEL: "large",
      DROVER_PROMPT_FILE: join(directory, "prompt.md")
    })
  }
  const { env } = await prepared({ _tag: "Run", command: "make", timeoutMin: 5 })
  expect(env).toEqual({ PATH: source.PATH, HOME: "/home/a", OTHERS: "others", DROVER_TASK: "1" })
})

it("EXE-16 a model or an agent is asked on standard input and in a file, and its two outputs are apart", async () => {
  for (const judge of judges({})) {
    const { args, command, directory, stderr, stdin, stdout } = await prepared(judge)
    expect([command, args]).toEqual(["/bin/critic", ["--own"]])
    expect(stdin).toBe(join(directory, "prompt.md"))
    expect(stdout).not.toBe(stderr)
    const text = readFileSync(stdin ?? "", "utf8")
    for (const part of ["Make it total.", "Is it?", "VERDICT: PASS"]) expect(text).toContain(part)
    // The folder of this spec is in no repository.
    expect(text.includes("can not be told")).toBe(judge._tag === "Brain")
  }
})

it("EXE-16 a verifier's own model goes before the one of its definition; without either the program has its own", async () => {
  const modelOf = async (judge: Judge) => {
    const { args, env } = await prepared(judge)
    expect(env.DROVER_MODEL).toBe(args.includes("--model") ? args[args.indexOf("--model") + 1] : undefined)
    return env.DROVER_MODEL
  }
  const vendor: AgentDefinition = { ...definition, kind: "claude-code" }
  for (const judge of judges({ definition: vendor, model: "small" })) expect(await modelOf(judge)).toBe("small")
  for (const judge of judges({ definition: vendor })) expect(await modelOf(judge)).toBe("large")
  const none = { ...vendor, model: null }
  for (const judge of judges({ definition: none })) expect(await modelOf(judge)).toBeUndefined()
})

it("EXE-16 a brain has no leave to change anything, an agent has what an agent has; both begin a conversation of their own", async () => {
  const freedoms = ["--dangerously-skip-permissions", "--dangerously-bypass-approvals-and-sandbox", "--auto"]
  for (const kind of Kind.literals) {
    for (const judge of judges({ definition: { ...definition, kind } })) {
      const { args } = await prepared(judge)
      const isFree = args.some((arg) => freedoms.includes(arg))
      expect([kind, judge._tag, isFree]).toEqual([kind, judge._tag, kind !== "command" && judge._tag === "Agent"])
      expect(args.some((arg) => ["--session-id", "--resume", "resume", "--session"].includes(arg))).toBe(false)
      expect(args.at(-1)).toBe("--own")
    }
  }
})

it("EXE-16 of a task that was stored without the program of its judge nothing is started, and it says so", async () => {
  const { definition: _, ...bare } = { prompt: "Is it?", timeoutMin: 5, definition }
  const errors = await Promise.all(
    (
      [
        { _tag: "Brain", ...bare },
        { _tag: "Agent", agent: "critic", ...bare }
      ] as const
    ).map((judge) => Effect.runPromise(Effect.flip(Program.prepare(wanted(judge)))))
  )
  expect(errors.map(({ message }) => message)).toEqual([
    "the task does not say which program the brain is: submit it again",
    "the task does not say which program critic is: submit it again"
  ])
})
