/**
 * `drover attach`: lets a person go on in the conversation of a task's last attempt, while nothing of drover works in it or
 * in its directory.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { isLive } from "../../../core/execution/Execution.ts"
import type { Policy } from "../../../core/policy/Policy.ts"
import { isTerminal } from "../../../core/stage/Projection.ts"
import { encode } from "../../../core/stage/Stage.ts"
import type { TaskId } from "../../../core/task/Identifiers.ts"
import { agentAtWork } from "../../../core/task/RoleAgents.ts"
import type { Task } from "../../../core/task/Task.ts"
import { argumentsOf, commandLine } from "../../agents/TakeOver.ts"
import { find, isDirectory } from "../../process/Program.ts"
import { Store } from "../../store/Store.ts"
import * as Conversation from "../../view/Conversation.ts"
import * as ExitCode from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import * as Foreground from "../Foreground.ts"
import { type Held, ensureStoppable, giveBack, hold } from "../Hold.ts"
import { Output } from "../Output.ts"
import * as PresentSupervisor from "../../view/PresentSupervisor.ts"
import * as Services from "../Services.ts"
import { codeOf, Signals } from "../Signals.ts"
import { plain } from "../Text.ts"
import * as Verbs from "../../operator/Verbs.ts"

interface Wanted {
  readonly id: TaskId
  readonly isExec: boolean
  readonly isKept: boolean
  readonly isJson: boolean
}

/** All that it takes to go on; refused where nobody can. */
const conversation = (id: TaskId) =>
  Effect.gen(function* () {
    const store = yield* Store
    const task = Option.getOrNull(yield* store.task(id))
    if (task === null) return yield* new ExitCode.NoSuchTask({ id })
    const no = (message: string) => new ExitCode.NoSuchThing({ message: `#${id} ${task.spec.name}: ${message}` })
    const found = Conversation.latestOf(task.spec, yield* store.attempts(id))
    if (found === null) {
      const isYet = agentAtWork(task).kind !== "command" && isLive(task.execution)
      return yield* no(`there is no conversation to go on with${isYet ? " yet; try again in a moment" : ""}`)
    }
    const { agent, session } = found
    const words = argumentsOf(agent, session)
    const { directory, worktree } = yield* Conversation.workplaceOf(task)
    const isThere = directory !== null && (yield* Effect.promise(() => isDirectory(directory)))
    if (words === null) return yield* no(`nobody knows how to go on in a conversation of its agent, ${agent.name}`)
    if (!isThere) return yield* no(`the directory of its conversation is not there any more`)
    return { task, agent, session, words, directory, worktree, line: commandLine(agent, session, directory) ?? "" }
  })

type Found = Effect.Effect.Success<ReturnType<typeof conversation>>

const unfreeze = (held: ReadonlyArray<Held>): string => `drover unfreeze ${held.map(({ task }) => task).join(" ")}`

const stayFrozen = (held: ReadonlyArray<Held>): ReadonlyArray<string> => {
  const ids = held.map(({ task }) => `#${task}`).join(", ")
  return held.length === 0 ? [] : [`${ids} ${held.length === 1 ? "stays" : "stay"} frozen; ${unfreeze(held)}`]
}

const tellFrozen = (held: ReadonlyArray<Held>) =>
  Effect.flatMap(Output, (output) => Effect.forEach(stayFrozen(held), output.error, { discard: true }))

/** Why nothing needed to be held, and what keeps it so. */
const unheld = ({ task, worktree }: Found): string => {
  const now = `#${task.id} ${task.spec.name} is ${encode(task.stage).stage.replaceAll("_", " ")}`
  if (!isTerminal(task.stage))
    return `${now} already, and is left so; it goes on with: ${Verbs.nextCommand(task) ?? ""}`
  return worktree === null
    ? `${now}: nothing works on it`
    : `${now}: nothing works on it; its worktree goes when it is archived`
}

const told = (found: Found, held: ReadonlyArray<Held>): ReadonlyArray<string> => {
  const { task } = found
  const frozen = held.map(({ from, name, task: id }) =>
    id === task.id
      ? `#${id} ${name} is frozen, it was in ${from.replaceAll("_", " ")}; all that worked on it is proved dead`
      : `#${id} ${name} is frozen too: it is worked on in the same directory`
  )
  const isOwn = held.some(({ task: id }) => id === task.id)
  return isOwn ? frozen : [unheld(found), ...frozen]
}

const stage = ({ stage }: Task): string => encode(stage).stage

const print = (found: Found, held: ReadonlyArray<Held>, isJson: boolean) =>
  Effect.gen(function* () {
    const output = yield* Output
    const { agent, directory, line, session, task } = found
    const env = Object.keys(agent.env)
    if (isJson) {
      return yield* output.json({
        id: task.id,
        name: task.spec.name,
        stage: stage(task),
        session,
        directory,
        command: line,
        environment: env,
        frozen: held.map(({ task: id }) => id),
        give_back: held.length === 0 ? null : unfreeze(held)
      })
    }
    // The values may be keys, and are shown nowhere.
    const wants = env.length === 0 ? [] : [`its agent has variables of its own, which --exec sets: ${env.join(", ")}`]
    const back = held.length === 0 ? [] : [`give it back: ${unfreeze(held)}`]
    const lines = [...told(found, held), ...wants, "", `  ${line}`, "", ...back]
    // An agent has chosen the name of its session.
    yield* output.line(plain(lines.join("\n")).trimEnd())
  })

const end = ({ code, signal }: Foreground.Ended): string =>
  signal === null ? `ended with status ${code ?? "?"}` : `was ended by ${signal}`

const giveAllBack = (held: ReadonlyArray<Held>, policy: Policy) =>
  Effect.gen(function* () {
    const back: Array<Held> = []
    const changed: Array<Held> = []
    for (const each of held) {
      const isBack = yield* Effect.tapError(giveBack(each, policy), () => tellFrozen(held.slice(held.indexOf(each))))
      ;(isBack ? back : changed).push(each)
    }
    return { back, changed }
  })

/** Runs the program at the terminal, and undoes what was held for it, whatever became of it. */
const goOn = (found: Found, held: ReadonlyArray<Held>, { isJson, isKept }: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const policy = yield* Services.policy
    const { agent, directory, session, task, words } = found
    const { env } = agent
    const [program, ...args] = words
    if (!isJson) yield* output.line(told(found, held).join("\n"))
    const ran = Effect.flatMap(programOf(found), (file) => Foreground.run({ file, args, cwd: directory, env }))
    const ended = yield* Effect.either(ran)
    const { back, changed } = isKept ? { back: [], changed: [] } : yield* giveAllBack(held, policy)
    if (Either.isLeft(ended)) return yield* ended.left
    const supervisor = yield* PresentSupervisor.read(yield* Store)
    if (isJson) {
      const ids = (of: ReadonlyArray<Held>) => of.map(({ task: id }) => id)
      return yield* output.json({
        id: task.id,
        name: task.spec.name,
        session,
        directory,
        frozen: ids(held),
        given_back: ids(back),
        changed: ids(changed),
        exit: ended.right
      })
    }
    yield* output.line(
      [
        `${program} ${end(ended.right)}`,
        ...back.map(({ from, name, task: id }) => `#${id} ${name} is given back: ${from.replaceAll("_", " ")}`),
        ...changed.map(({ name, task: id }) => `#${id} ${name} was moved by somebody else meanwhile, and is left so`),
        ...(isKept ? stayFrozen(held) : []),
        ...(back.length > 0 && supervisor === null ? ["no supervisor runs that would go on with it: drover up"] : [])
      ].join("\n")
    )
  })

const programOf = ({ agent, directory, words: [program] }: Found) =>
  Effect.gen(function* () {
    const path = agent.env.PATH ?? process.env.PATH
    const file = yield* Effect.promise(() => find(program, path, directory))
    return file ?? (yield* new ExitCode.Failed({ message: `${program} is not in PATH or not executable` }))
  })

const attach = (wanted: Wanted) =>
  Effect.gen(function* () {
    const output = yield* Output
    const policy = yield* Services.policy
    const { id, isExec, isJson } = wanted
    // All that can be refused is refused before anything is held.
    const first = yield* conversation(id)
    if (isExec) yield* programOf(first)
    yield* ensureStoppable(id)
    const signal = yield* (yield* Signals).claim
    const held: Array<Held> = []
    const holding = hold({
      id,
      policy,
      onHeld: (each) => Effect.sync(() => void held.push(each)),
      onWait: (what) => output.error(`waits until ${what} is stopped and proved dead`)
    })
    const came = yield* Effect.raceFirst(Effect.either(holding), signal)
    if (came === "SIGINT" || came === "SIGTERM") {
      yield* tellFrozen(held)
      return yield* new ExitCode.ExitWith({ code: codeOf(came) })
    }
    if (Either.isLeft(came)) {
      yield* tellFrozen(held)
      const error = came.left
      if (error._tag !== "StopUnproved") return yield* error
      yield* output.error(`${error.what} could not be proved dead for ${error.seconds} s: see drover attention`)
      return yield* new ExitCode.ExitWith({ code: ExitCode.person })
    }
    // What was stopped may have told of a conversation only then.
    const found = yield* Effect.tapError(conversation(id), () => tellFrozen(held))
    yield* isExec ? goOn(found, held, wanted) : print(found, held, isJson)
  }).pipe(Effect.scoped)

const options = {
  id: Flags.id,
  isExec: Options.boolean("exec").pipe(
    Options.withDescription("Run the command here, and give the task back when it ends")
  ),
  isKept: Options.boolean("keep").pipe(Options.withDescription("With --exec: leave the task frozen when it ends")),
  json: Flags.json
}

export const command = Command.make("attach", options, ({ id, isExec, isKept, json }) =>
  Effect.gen(function* () {
    if (isKept && !isExec) return yield* new ExitCode.UsageError({ message: "--keep goes with --exec" })
    yield* attach({ id: yield* Flags.parseId(id), isExec, isKept, isJson: json }).pipe(
      Effect.provide(Services.existing)
    )
  }).pipe(Effect.provide(Services.places))
)
