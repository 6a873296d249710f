/**
 * A generated batch of tasks, and what must become of each: the end of every task follows from its plan and its
 * dependencies alone, whatever is killed on the way.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PCGRandom } from "effect/Utils"
import type { Outcome } from "../../core/execution/AttemptRecord.ts"
import type { Verdict } from "../../core/verify/Verdict.ts"
import * as Lands from "./Lands.ts"
import { type AgentWord, easy, type End, type Expectation, type Plan, type Planned, type VerifierWord } from "./Plan.ts"
import { costs } from "./Scripts.ts"

export interface Batch {
  readonly file: string
  readonly tasks: ReadonlyArray<Planned>
}

/** One of each kind is in every batch. */
const kinds: ReadonlyArray<Partial<Plan>> = [
  {},
  { agent: ["fail", "fail", "ok"] },
  { agent: ["fail"] },
  { agent: ["fail"], maxRetries: 0 },
  { agent: ["signal", "ok"] },
  { agent: ["lie", "ok"] },
  { verifiers: [["fail", "fail", "pass"]] },
  { verifiers: [["fail"]], maxRetries: 1 },
  { agent: ["ok", "fail", "ok"], verifiers: [["fail", "fail", "pass"]] },
  { agent: ["litter"] },
  { agent: ["flood"], verifiers: [["flood"]] },
  { agent: ["hang", "ok"] },
  { verifiers: [["hang", "pass"]] },
  { verifiers: [["litter"]] },
  { verifiers: [["signal", "pass"]] },
  { verifiers: [["pass"], ["fail", "pass"], ["pass"]] },
  { qa: "human" },
  { qa: "agent", rejections: 1 },
  { verifiers: [] },
  { person: "manual" },
  { person: "freeze" },
  { agent: ["wait"], person: "cancel" }
]

const pick = <A>(random: PCGRandom, values: readonly [A, ...ReadonlyArray<A>]): A =>
  values[random.integer(values.length)] ?? values[0]

/** A plan of cheap words, so that they meet in every order. */
const arbitrary = (random: PCGRandom): Plan => {
  const words = <A>(most: number, values: readonly [A, ...ReadonlyArray<A>]): ReadonlyArray<A> =>
    Array.from({ length: 1 + random.integer(most) }, () => pick(random, values))
  return {
    ...easy,
    agent: words<AgentWord>(4, ["ok", "ok", "ok", "fail", "signal", "lie"]),
    verifiers: Array.from({ length: random.integer(3) }, () =>
      words<VerifierWord>(4, ["pass", "pass", "pass", "fail", "signal"])
    ),
    maxRetries: random.integer(4)
  }
}

const verdictOf = {
  pass: "PASS",
  litter: "PASS",
  flood: "PASS",
  has: "PASS",
  third: "PASS",
  fail: "FAIL",
  signal: "ERROR",
  hang: "TIMEOUT"
} as const

const outcomeOf = (word: AgentWord): Outcome => {
  switch (word) {
    case "hang":
    case "wait":
      return "Stopped"
    case "fail":
    case "signal":
    case "lie":
      return "Forced"
    default:
      return "Clean"
  }
}

const costOf = (word: AgentWord): number => {
  if (word === "signal" || word === "lie") return costs[word]
  return outcomeOf(word) === "Clean" ? costs.ok : 0
}

const at = <A>(words: ReadonlyArray<A>, turn: number): A | undefined => words[Math.min(turn, words.length - 1)]

/** What a plan leads to, told independently of drover: the rules of `domain/execution.md` for in-place work. */
const simulate = (plan: Plan, isGit: boolean): Expectation => {
  const outcomes: Array<Outcome> = []
  const verdicts: Array<Verdict> = []
  const turns = plan.verifiers.map(() => 0)
  let verifyOnly = 0
  let spentUsd = 0
  const result = (end: End): Expectation => ({ end, outcomes, verifyOnly, verdicts, spentUsd })

  const verifies = (): boolean => {
    for (const [index, words] of plan.verifiers.entries()) {
      const verdict = verdictOf[at(words, turns[index] ?? 0) ?? "pass"]
      turns[index] = (turns[index] ?? 0) + 1
      verdicts.push(verdict)
      if (verdict !== "PASS") return false
    }
    return true
  }
  const passed = (): Expectation => {
    if (plan.qa === "human") return result("ReviewHold")
    return result(plan.verifiers.length === 0 ? "Unverified" : "Done")
  }

  let worked = false
  for (let attempt = 1; attempt <= plan.maxRetries + 1; attempt++) {
    const word = at(plan.agent, attempt - 1) ?? "ok"
    outcomes.push(outcomeOf(word))
    spentUsd += costOf(word)
    const isLast = attempt === plan.maxRetries + 1
    if (outcomeOf(word) === "Clean") {
      worked = true
      if (verifies()) return passed()
    } else if (worked && !isLast && !isGit) {
      // Nobody can tell whether the failed attempt changed what was there: it is judged again, without an agent. Git can
      // tell, and these agents change files only when they end well.
      verifyOnly++
      if (verifies()) return passed()
    }
  }
  return result("Blocked")
}

const expect = (plan: Plan, isGit: boolean, dependencies: ReadonlyArray<Expectation>): Expectation => {
  const nothing = { outcomes: [], verifyOnly: 0, verdicts: [], spentUsd: 0 }
  if (plan.person === "freeze") return { ...nothing, end: "Frozen" }
  const isStuck = dependencies.some(({ end }) => end !== "Done" && end !== "Unverified")
  if (isStuck || plan.person === "manual") return { ...nothing, end: "Waiting" }
  if (plan.person === "cancel") return { ...nothing, end: "Abandoned", outcomes: ["Stopped"] }
  if (plan.qa !== "agent") return simulate(plan, isGit)
  // The coder and the verifiers of such a plan never fail: a round is coder, verifiers, QA; the last one verifies again.
  const rounds = plan.rejections + 1
  const outcomes = Array.from({ length: 2 * rounds }, () => "Clean" as const)
  const verdicts = Array.from({ length: rounds + 1 }, () => "PASS" as const)
  return { end: "Done", outcomes, verifyOnly: 0, verdicts, spentUsd: outcomes.length * costs.ok }
}

const shuffled = <A>(random: PCGRandom, values: ReadonlyArray<A>): ReadonlyArray<A> =>
  values
    .map((value) => ({ value, key: random.number() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value)

/** `count` tasks in an order of dependencies, every kind among them if there are enough, and those that land. */
export const generate = (random: PCGRandom, prefix: string, count: number): ReadonlyArray<Planned> => {
  const plans = shuffled(
    random,
    Array.from({ length: count }, (_, index): Plan => {
      const kind = kinds[index]
      return kind === undefined ? arbitrary(random) : { ...easy, ...kind }
    })
  )
  const tasks: Array<Planned> = []
  for (const [index, plan] of plans.entries()) {
    const name = `${prefix}${index}`
    // Who waits for a person keeps nobody else out of a directory.
    const isShared = plan.person === "nothing" && random.integer(5) === 0
    const isGit = !isShared && random.integer(6) === 0
    const isFinished = ({ expected }: Planned): boolean => expected.end === "Done" || expected.end === "Unverified"
    // Most wait for what ends well, or most of a batch would be stuck; who is to be cancelled must come to run.
    const mayBeStuck = plan.person !== "cancel" && random.integer(6) === 0
    const candidates = tasks.filter((task) => mayBeStuck || isFinished(task))
    // A time-out takes its time: it begins with the rest, so that the end need not wait for it alone.
    const isSlow = [plan.agent, ...plan.verifiers].flat().includes("hang")
    const wanted = isSlow ? 0 : pick(random, [0, 0, 1, 1, 2, 3])
    const dependencies = shuffled(random, candidates).slice(0, wanted)
    tasks.push({
      name,
      directory: isShared ? `${prefix}shared` : name,
      isGit,
      repository: null,
      pair: null,
      dependsOn: dependencies.map((task) => task.name),
      priority: isSlow ? 3 : random.integer(3),
      plan,
      expected: expect(
        plan,
        isGit,
        dependencies.map((task) => task.expected)
      )
    })
  }
  return [...tasks, ...Lands.generate(prefix)]
}

const text = (value: string): string => JSON.stringify(value)

/** Minutes; long enough that a program of another word ends far earlier, however busy the machine is. */
const agentLimit = 0.06
const verifierLimit = 0.06

const toml = (root: string, task: Planned, pauses: () => number): string => {
  const { dependsOn, directory, name, plan, priority, repository } = task
  const journal = join(root, "journals", directory)
  const words = (plan: ReadonlyArray<string>): string => plan.map((word) => `${word}:${pauses()}`).join(" ")
  const judge = words([...Array.from({ length: plan.rejections }, () => "reject"), "accept"])
  const args = [join(root, "agent.sh"), root, name, "agent", journal, words(plan.agent), judge, words(["merge"])]
  const quoted = (values: ReadonlyArray<string>): string => values.map((value) => `'${value}'`).join(" ")
  const verifiers = plan.verifiers.map((own, index) => {
    const command = ["sh", join(root, "verifier.sh"), root, name, `verifier${index}`, journal, words(own)]
    const limit = own.includes("hang") ? `timeout_min = ${verifierLimit}\n` : ""
    return `[[task.verify]]\nrun = ${text(quoted(command))}\n${limit}`
  })
  return [
    `[agents.${name}]`,
    `kind = "command"`,
    `command = "sh"`,
    `args = [${args.map(text).join(", ")}]`,
    "",
    "[[task]]",
    `name = ${text(name)}`,
    `prompt = ${text(`Do what your plan says, ${name}.`)}`,
    `cwd = ${text(`work/${repository ?? directory}`)}`,
    `agent = ${text(name)}`,
    `depends_on = [${dependsOn.map(text).join(", ")}]`,
    `priority = ${priority}`,
    `max_retries = ${plan.maxRetries}`,
    `qa = ${text(plan.qa)}`,
    ...(repository === null ? [] : [`merge = "squash"`]),
    ...(plan.agent.includes("hang") ? [`timeout_min = ${agentLimit}`] : []),
    ...(plan.person === "manual" || plan.person === "freeze" ? [`start = "manual"`] : []),
    "",
    ...verifiers
  ].join("\n")
}

/** Makes the directories of a batch and its task file in `root`. */
export const write = (random: PCGRandom, root: string, prefix: string, tasks: ReadonlyArray<Planned>): Batch => {
  for (const repository of new Set(tasks.map((task) => task.repository))) {
    if (repository !== null) Lands.prepare(join(root, "work", repository))
  }
  for (const { directory, isGit, repository } of tasks) {
    if (repository !== null) continue
    const path = join(root, "work", directory)
    mkdirSync(path, { recursive: true })
    if (isGit) execFileSync("git", ["init", "-q", path])
  }
  const file = join(root, `${prefix}tasks.toml`)
  const pauses = (): number => pick(random, [0, 0, 0.02, 0.05, 0.1, 0.2])
  writeFileSync(file, tasks.map((task) => toml(root, task, pauses)).join("\n"))
  return { file, tasks }
}
