/**
 * The tasks of a batch whose work lands: all of them on one branch of one repository, which its user has checked out.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { easy, type Expectation, type Pair, type Plan, type Planned } from "./Plan.ts"
import { costs } from "./Scripts.ts"

/** What the user has there that git knows nothing of. */
export const notes = { file: "notes", text: "the user's own\n" } as const

interface Kind {
  readonly plan: Pick<Plan, "agent"> & Partial<Plan>
  readonly pair?: Pair
  readonly dependsOn?: string
  readonly end?: Expectation["end"]
}

/** By the name of the task; all of a pair begin before one of them ends, so that one of them lands on the other. */
const kindsOf = (name: (kind: string) => string): Readonly<Record<string, Kind>> => {
  const pair = (
    one: string,
    word: "line" | "third",
    other: string,
    more: Kind["plan"]["agent"],
    verifier: "has" | "third"
  ) =>
    ({
      [one]: {
        plan: { agent: [`${word}@${name(other)}`, ...more], verifiers: [[verifier]] },
        pair: { with: name(other), mender: word === "line" ? "merger" : "coder" }
      }
    }) as const
  return {
    ...pair("line", "line", "same", [], "has"),
    ...pair("same", "line", "line", [], "has"),
    ...pair("alone", "third", "beside", ["mend"], "third"),
    ...pair("beside", "third", "alone", ["mend"], "third"),
    plain: { plan: { agent: ["land"] } },
    again: { plan: { agent: ["fail", "land"] } },
    // Who is only asked to commit uses no attempt: none is left.
    late: { plan: { agent: ["leave", "commit"], maxRetries: 0 } },
    idle: { plan: { agent: ["idle"] }, end: "NoCommits" },
    next: { plan: { agent: [`next@${name("plain")}`] }, dependsOn: name("plain") }
  }
}

/** Each word of a plan is an attempt: of a pair alone what comes after the first is for whoever has to mend it. */
const expectation = ({ end = "Done", pair, plan: { agent } }: Kind): Expectation => {
  const outcomes = (pair === undefined ? agent : agent.slice(0, 1)).map((word) =>
    word === "fail" ? "Forced" : "Clean"
  )
  const spentUsd = outcomes.filter((outcome) => outcome === "Clean").length * costs.ok
  return { end, outcomes, verifyOnly: 0, verdicts: ["PASS"], spentUsd }
}

/** With all that mending it took: another attempt, and another verdict. */
export const mended = (expected: Expectation, times: number): Expectation => {
  const more = <A>(value: A): ReadonlyArray<A> => Array.from({ length: times }, () => value)
  const { outcomes, spentUsd, verdicts } = expected
  return {
    ...expected,
    outcomes: [...outcomes, ...more("Clean" as const)],
    verdicts: [...verdicts, ...more("PASS" as const)],
    spentUsd: spentUsd + times * costs.ok
  }
}

export const generate = (prefix: string): ReadonlyArray<Planned> => {
  const nameOf = (kind: string): string => `${prefix}${kind}`
  return Object.entries(kindsOf(nameOf)).map(([name, kind]) => ({
    name: nameOf(name),
    directory: nameOf(name),
    isGit: true,
    repository: `${prefix}repository`,
    pair: kind.pair ?? null,
    dependsOn: kind.dependsOn === undefined ? [] : [kind.dependsOn],
    // Who waits for another keeps a place: both begin with the first.
    priority: kind.pair === undefined ? 2 : 4,
    plan: { ...easy, verifiers: [["has"]], ...kind.plan },
    expected: expectation(kind)
  }))
}

/** Makes the repository with its user's checkout. */
export const prepare = (folder: string): void => {
  const git = (...args: ReadonlyArray<string>): void => {
    const identity = ["-c", "user.name=user", "-c", "user.email=user@example.org"]
    execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "ignore" })
  }
  mkdirSync(folder, { recursive: true })
  git("init", "-q", "-b", "main")
  writeFileSync(join(folder, "line"), "one\n")
  git("add", "-A")
  git("commit", "-qm", "first")
  writeFileSync(join(folder, notes.file), notes.text)
}
