/**
 * What to start for a verifier, wherever it is to judge: a shell command as it stands, or a model or an agent with its
 * question on standard input and in a file. Like an agent, it gets of the environment what is named and nothing else.
 */
import { join } from "node:path"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { AgentDefinition } from "../../core/task/AgentDefinition.ts"
import * as JudgePrompt from "../../core/verify/JudgePrompt.ts"
import type { Judge, Verifier } from "../../core/verify/Verifier.ts"
import { environment } from "../agents/AgentEnvironment.ts"
import { args } from "../agents/CommandLine.ts"
import { stderrFile } from "../agents/Launch.ts"
import * as Changes from "../git/Changes.ts"
import type { TreeUnreadable } from "../git/Trees.ts"
import type { SpawnRequest } from "../process/SpawnRequest.ts"
import { outputFile, type RunFolderUnusable, writePrompt } from "./RunFolder.ts"

/** The task was stored without the program that is to judge: nothing can be started. */
class JudgeUndefined extends Data.TaggedError("JudgeUndefined")<{ readonly name: string }> {
  override get message(): string {
    return `the task does not say which program ${this.name} is: submit it again`
  }
}

export interface Wanted {
  readonly verifier: Verifier
  /** What the agent was asked whose work is judged, and whose variables a command gets. */
  readonly task: { readonly prompt: string; readonly agent: Pick<AgentDefinition, "passEnv"> }
  /** The variables that tell what it is started for. */
  readonly own: Readonly<Record<string, string>>
  /** The folder of the run: it exists. */
  readonly directory: string
  readonly marker: string
  /** Where the work is. */
  readonly cwd: string
  /** From where on changes are the work's. */
  readonly since: Changes.Since
  /** The supervisor's own environment. */
  readonly source: Readonly<Record<string, string | undefined>>
}

/** Writes what is asked into the folder, and says what to start. Doing it again writes the same. */
export const prepare = (
  wanted: Wanted
): Effect.Effect<SpawnRequest, JudgeUndefined | RunFolderUnusable | TreeUnreadable> => {
  const { verifier } = wanted
  return verifier._tag === "Run" ? Effect.succeed(command(wanted, verifier.command)) : judge(wanted, verifier)
}

const command = ({ cwd, directory, marker, own, source, task }: Wanted, line: string): SpawnRequest => {
  const output = join(directory, outputFile)
  return {
    directory,
    marker,
    command: "/bin/sh",
    args: ["-c", line],
    cwd,
    env: environment(source, { passEnv: task.agent.passEnv, env: {} }, own),
    stdin: null,
    stdout: output,
    stderr: output
  }
}

const judge = Effect.fnUntraced(function* (wanted: Wanted, verifier: Judge) {
  const { cwd, directory, marker, own, since, source, task } = wanted
  const { _tag: kind, definition } = verifier
  if (definition === undefined) {
    return yield* new JudgeUndefined({ name: verifier._tag === "Brain" ? "the brain" : verifier.agent })
  }
  const path = source.PATH ?? "/usr/local/bin:/usr/bin:/bin"
  const changes = kind === "Brain" ? yield* Changes.look(path, cwd, since) : null
  const text = JudgePrompt.compose({ kind, task: task.prompt, question: verifier.prompt, changes })
  const prompt = yield* writePrompt(directory, text)
  const model = verifier.model ?? definition.model
  return {
    directory,
    marker,
    command: definition.command,
    // The attempt's own conversation has its marker's name already.
    args: args(definition.kind, {
      session: null,
      marker: null,
      model,
      args: definition.args,
      isAskedOnly: kind === "Brain"
    }),
    cwd,
    env: environment(source, definition, {
      ...own,
      DROVER_PROMPT_FILE: prompt,
      ...(model === null ? {} : { DROVER_MODEL: model })
    }),
    stdin: prompt,
    stdout: join(directory, outputFile),
    stderr: join(directory, stderrFile)
  }
})
