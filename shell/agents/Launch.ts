/** What it takes to start an agent for an attempt: its folder, its prompt on standard input and in a file, its arguments. */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Prompt from "../../core/agent/Prompt.ts"
import type { Marker } from "../../core/execution/AttemptRecord.ts"
import type { Attempt } from "../../core/execution/Execution.ts"
import { isManual } from "../../core/policy/SessionPolicy.ts"
import type { AgentDefinition, Kind } from "../../core/task/AgentDefinition.ts"
import { agentFor, modelFor } from "../../core/task/RoleAgents.ts"
import type { Task } from "../../core/task/Task.ts"
import type { PlacesService } from "../config/Places.ts"
import { isExecutable } from "../process/Program.ts"
import type { SpawnRequest } from "../process/SpawnRequest.ts"
import { environment } from "./AgentEnvironment.ts"
import * as ClaudeCode from "./ClaudeCode.ts"
import * as CodexHooks from "./CodexHooks.ts"
import { args } from "./CommandLine.ts"

/** The files of an attempt's folder that the agent reads and writes. */
const promptFile = "prompt.md"
export const stdoutFile = "stdout.jsonl"
export const stderrFile = "stderr.log"

/** The attempt's folder or its prompt could not be written: nothing was started. */
export class AttemptFolderUnwritable extends Data.TaggedError("AttemptFolderUnwritable")<{
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `the folder of the attempt can not be written: ${this.path}: ${String(this.cause)}`
  }
}

/** A person is to allow each use of a tool, and no hook would ask: nothing was started. */
export class NotHeld extends Data.TaggedError("NotHeld")<{ readonly agent: string; readonly hook: string }> {
  override get message(): string {
    return `approve = "manual" needs drover's hooks, and agent ${this.agent} would not run them: see [hooks] inject, its args, and whether ${this.hook} is there`
  }
}

const dropsHooks = ({ args, kind }: AgentDefinition): boolean =>
  (kind === "claude-code" && ClaudeCode.dropsHooks(args)) || (kind === "codex" && CodexHooks.areDropped(args))

/** The id of a conversation that begins, where drover chooses it. */
export const sessionOf = (kind: Kind, marker: Marker): string | null =>
  kind === "claude-code" ? ClaudeCode.sessionOf(marker) : null

export interface Launch {
  readonly task: Task
  readonly attempt: Attempt
  readonly marker: Marker
  /** Where it works. */
  readonly cwd: string
  /** The conversation to go on with; null begins one. */
  readonly session: string | null
  readonly feedback: string | null
  /** What a resumed session remembers of the files is not true any more. */
  readonly isDrifted: boolean
  /** What the session has promised and, as far as is known, not done. */
  readonly reminders: ReadonlyArray<string>
  /** Whether its program is told to run drover's hooks, where it can be told without a file of the user's. */
  readonly hasHooks: boolean
}

/** Null where there is none to be run: a hook that fails is shown to people and models. */
const hookProgram = async (path: string): Promise<string | null> => ((await isExecutable(path)) ? path : null)

/** Writes the attempt's folder and says what to start. Doing it again writes the same. */
export const prepare = (
  places: PlacesService,
  source: Readonly<Record<string, string | undefined>>,
  { attempt, cwd, feedback, hasHooks, isDrifted, marker, reminders, session, task }: Launch
): Effect.Effect<SpawnRequest, AttemptFolderUnwritable | NotHeld> => {
  const directory = places.attempt(task.id, attempt.number)
  const prompt = join(directory, promptFile)
  const { target, verify } = task.spec
  const agent = agentFor(task.spec, attempt.role)
  const text = Prompt.compose({
    prompt: task.spec.prompt,
    role: attempt.role,
    mode: attempt.mode,
    isResumed: session !== null,
    feedback,
    verifiers: verify,
    isDrifted,
    reminders,
    ...(target === undefined ? {} : { landsOn: target.branch })
  })
  const write = async (): Promise<string | null> => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await writeFile(prompt, text, { mode: 0o600 })
    return hasHooks && agent.kind !== "command" ? hookProgram(places.hook) : null
  }
  const model = modelFor(task.spec, attempt.role)
  const own = {
    DROVER_TASK: String(task.id),
    DROVER_ROLE: attempt.role,
    DROVER_PROMPT_FILE: prompt,
    DROVER_SOCKET: places.socket,
    DROVER_SPOOL: places.spool,
    ...(model === null ? {} : { DROVER_MODEL: model })
  }
  return Effect.tryPromise({
    try: write,
    catch: (cause) => new AttemptFolderUnwritable({ path: directory, cause })
  }).pipe(
    Effect.filterOrFail(
      (hook) => !isManual(task) || (hook !== null && !dropsHooks(agent)),
      () => new NotHeld({ agent: agent.name, hook: places.hook })
    ),
    Effect.map((hook) => ({
      directory,
      marker,
      command: agent.command,
      args: args(agent.kind, { session, marker, model, args: agent.args, hook }),
      cwd,
      env: environment(source, agent, own),
      stdin: prompt,
      stdout: join(directory, stdoutFile),
      stderr: join(directory, stderrFile)
    }))
  )
}
