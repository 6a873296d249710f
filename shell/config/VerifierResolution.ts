/** The programs that verifiers name: looked up when a task is submitted, and stored with each. */
import * as Either from "effect/Either"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import type { Judge, Verifier } from "../../core/verify/Verifier.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import type { Agents } from "./Configuration.ts"
import { nearest } from "./Nearest.ts"

/** What there is to be named. */
export interface Programs {
  readonly agents: Agents
  readonly brain: AgentDefinition
}

/** What is wrong, without its place. */
export interface Complaint {
  readonly kind: ConfigProblem["kind"]
  readonly message: string
  readonly suggestion: string | null
}

export const findAgent = (name: string, agents: Agents): Either.Either<AgentDefinition, Complaint> => {
  const agent = agents.get(name)
  if (agent !== undefined) return Either.right(agent)
  const known = [...agents.keys()]
  const suggestion = nearest(name, known)
  const list = suggestion === null ? ` (known: ${known.join(", ")})` : ""
  const message = `there is no agent ${JSON.stringify(name)}${list}`
  return Either.left({ kind: "Environment", message, suggestion })
}

/** What people call the program of a verifier. */
export const called = (verifier: Judge): string =>
  verifier._tag === "Brain" ? "the brain" : `agent ${JSON.stringify(verifier.agent)}`

const programOf = (verifier: Judge, { agents, brain }: Programs): Either.Either<AgentDefinition, Complaint> =>
  verifier._tag === "Brain"
    ? Either.right(brain)
    : Either.filterOrLeft(
        findAgent(verifier.agent, agents),
        ({ exclusive }) => exclusive !== true,
        () => ({
          kind: "Unsupported" as const,
          message: `${called(verifier)} is exclusive: a verifier does not wait for its turn in this version`,
          suggestion: null
        })
      )

/** The verifier with its program; a command is its own. */
export const resolve = (verifier: Verifier, programs: Programs): Either.Either<Verifier, Complaint> =>
  verifier._tag === "Run"
    ? Either.right(verifier)
    : Either.map(programOf(verifier, programs), (definition) => ({ ...verifier, definition }))
