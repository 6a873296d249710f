/**
 * A repository's own `.drover.toml`: limits and gates for every task in it. It makes tasks stricter and never looser:
 * a limit can only be lowered, a gate only added.
 */
import { dirname, join } from "node:path"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { noRules, type Rules } from "../../core/commitment/Evidence.ts"
import * as Policy from "../../core/policy/Policy.ts"
import type { Spec } from "../../core/task/Spec.ts"
import { Verifier } from "../../core/verify/Verifier.ts"
import * as EvidenceTable from "./EvidenceTable.ts"
import { ConfigInvalid, type ConfigProblem, ConfigUnreadable, arrange } from "./ConfigProblem.ts"
import { verifier, verifyProblems, VerifyTable } from "./TaskTable.ts"
import * as Toml from "./Toml.ts"
import { Count, Dollars, maybe, Minutes, PositiveCount, Seconds } from "./Values.ts"

/** Where a repository's policy is, at its root. */
export const fileName = ".drover.toml"

const Line = Schema.NonEmptyString.annotations({ description: "a command: a text that is not empty" })

export const RepositoryFile = Schema.Struct({
  limits: maybe(
    Schema.Struct({
      max_retries: maybe(Count, "At most that many attempts after the first"),
      timeout_min: maybe(Minutes, "At most that many minutes of active time of one attempt"),
      max_tool_turns: maybe(PositiveCount, "At most that many turns of one attempt that use a tool"),
      inactivity_secs: maybe(Seconds, "At most that many seconds without progress"),
      budget_usd: maybe(Dollars, "At most that many US dollars over all attempts and verifiers")
    }),
    "Bounds for the limits of every task in this repository"
  ),
  verify: maybe(Schema.Array(VerifyTable), "Gates that run after a task's own verifiers, in the task's directory"),
  worktree: maybe(
    Schema.Struct({
      setup: maybe(Schema.Array(Line), "Shell commands that make a fresh worktree ready, at its top")
    }),
    "Worktrees that are made of this repository"
  ),
  evidence: maybe(EvidenceTable.EvidenceTable, "The commands that show that a promise was kept, by verb, and `tests`")
})

export interface Gate {
  /** Its program not yet looked up. */
  readonly verifier: Verifier
  /** A problem where it is written. */
  readonly problem: (kind: ConfigProblem["kind"], message: string, suggestion?: string | null) => ConfigProblem
}

export interface RepositoryPolicy {
  readonly limits: Policy.RepositoryLimits
  readonly gates: ReadonlyArray<Gate>
  readonly setup: ReadonlyArray<string>
  /** What shows there that a promise was kept. */
  readonly evidence: Rules
}

/** The policy of a directory in no repository, or in one without a file. */
export const none: RepositoryPolicy = {
  limits: { maxRetries: null, timeoutMin: null, maxToolTurns: null, inactivitySecs: null, budgetUsd: null },
  gates: [],
  setup: [],
  evidence: noRules
}

/** Tables that the contract has for this file and this version does not read. */
const later = new Set(["agents"])

const clearer = (problem: ConfigProblem): ConfigProblem => {
  if (problem.kind !== "Key" || !later.has(problem.key)) return problem
  const message = `[${problem.key}] in ${fileName} is not supported by this version yet`
  return { ...problem, kind: "Unsupported", message, suggestion: null }
}

export const fromDocument = (document: Toml.Document): Either.Either<RepositoryPolicy, ConfigInvalid> => {
  const decoded = Toml.decode(RepositoryFile, document)
  const problems: ReadonlyArray<ConfigProblem> = Either.match(decoded, {
    onLeft: (found) => found.map(clearer),
    onRight: () => []
  })
  const all = [...problems, ...verifyProblems(document, ["verify"]), ...EvidenceTable.problems(document)]
  if (Either.isLeft(decoded) || all.length > 0) {
    return Either.left(new ConfigInvalid({ file: document.file, problems: arrange(all) }))
  }
  const { evidence, limits, verify, worktree } = decoded.right
  return Either.right({
    limits: {
      maxRetries: limits?.max_retries ?? null,
      timeoutMin: limits?.timeout_min ?? null,
      maxToolTurns: limits?.max_tool_turns ?? null,
      inactivitySecs: limits?.inactivity_secs ?? null,
      budgetUsd: limits?.budget_usd ?? null
    },
    gates: (verify ?? []).flatMap(verifier).map((each, index) => ({
      verifier: each,
      problem: (kind, message, suggestion = null) =>
        Toml.problem(document, kind, ["verify", index], message, suggestion)
    })),
    setup: worktree?.setup ?? [],
    evidence: EvidenceTable.resolve(evidence)
  })
}

/** Walks up from a directory to the one that holds `.git`, a folder or, in a worktree, a file. */
export const rootOf = (directory: string): Effect.Effect<string | null, ConfigUnreadable, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    for (let folder = directory; ; folder = dirname(folder)) {
      const git = join(folder, ".git")
      const isRoot = yield* Effect.mapError(
        fileSystem.exists(git),
        (cause) => new ConfigUnreadable({ file: git, reason: "Other", cause })
      )
      if (isRoot) return folder
      if (dirname(folder) === folder) return null
    }
  })

/** The policy that holds in a directory (an absolute path, links resolved). */
export const find = (
  directory: string
): Effect.Effect<RepositoryPolicy, ConfigInvalid | ConfigUnreadable, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const root = yield* rootOf(directory)
    if (root === null) return none
    return yield* Toml.readPlain(join(root, fileName)).pipe(
      Effect.flatMap(fromDocument),
      Effect.catchTag("ConfigUnreadable", (error) =>
        error.reason === "Missing" ? Effect.succeed(none) : Effect.fail(error)
      )
    )
  })

const isSame = Schema.equivalence(Verifier)

/**
 * A task's spec under a policy, the programs of its gates looked up; a gate that the task has already as its own
 * verifier is not run twice.
 */
export const apply = (policy: RepositoryPolicy, gates: ReadonlyArray<Verifier>, spec: Spec): Spec => ({
  ...Policy.tighten(spec, policy.limits),
  ...(spec.isolate === "worktree" && policy.setup.length > 0 ? { setup: policy.setup } : {}),
  verify: [...spec.verify, ...gates.filter((gate) => !spec.verify.some((own) => isSame(own, gate)))]
})
