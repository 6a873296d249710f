/**
 * Every command of the program: its name, what it is for, and how it is loaded when it is asked for.
 */
import type * as CliApp from "@effect/cli/CliApp"
import * as Command from "@effect/cli/Command"
import type * as ValidationError from "@effect/cli/ValidationError"
import { version } from "../config/ProgramVersion.ts"
import * as Help from "./Help.ts"
import type * as ExitCode from "./ExitCode.ts"
import type { Output } from "./Output.ts"
import type { Signals } from "./Signals.ts"
import type { Shell } from "./commands/Completions.ts"
import * as Effect from "effect/Effect"
import type * as Verbs from "../operator/Verbs.ts"

export const groups = ["Work", "Look", "Supervise", "Move tasks", "Tools"] as const
export type Group = (typeof groups)[number]

const root = Command.make("drover")

/** What every command may ask for beside what it provides itself. */
export type Environment = CliApp.CliApp.Environment | Output | Signals

type Run = (
  args: ReadonlyArray<string>
) => Effect.Effect<void, ExitCode.Failure | ValidationError.ValidationError, Environment>

/** The first two arguments stand for those that Node adds to a command line. */
const runOf = <Name extends string, R extends Environment, E extends ExitCode.Failure, A>(
  command: Command.Command<Name, R, E, A>
): Run => {
  const run = Command.run(Command.withSubcommands(root, [command]), { name: "drover", version, executable: "drover" })
  return (args: ReadonlyArray<string>) => run(["node", "drover", ...args])
}

/** A command is run alone under the program's name: the others could only slow it down. */
const entry = <Name extends string, R extends Environment, E extends ExitCode.Failure, A>(
  group: Group,
  about: string,
  load: () => Promise<Command.Command<Name, R, E, A>>
) => ({
  group,
  about,
  load: async () => {
    const command = Command.withDescription(await load(), about)
    return { command, run: runOf(command), help: Help.of(command, about) }
  }
})

const verb = (name: Exclude<Verbs.Name, "cancel">, about: string) =>
  entry("Move tasks", about, async () => (await import("./commands/Operate.ts")).command(name))

/** `script` makes the completions of the whole program. */
export const make = (script: (shell: Shell) => Effect.Effect<string>) => ({
  run: entry("Work", "Run a task file to its end", async () => (await import("./commands/Run.ts")).command),
  validate: entry(
    "Work",
    "Check a task file; store nothing",
    async () => (await import("./commands/Validate.ts")).command
  ),
  init: entry(
    "Work",
    "Set up a machine and a folder, or bring both up to date",
    async () => (await import("./commands/Init.ts")).command
  ),
  submit: entry("Work", "Store one task", async () => (await import("./commands/Submit.ts")).command),
  attach: entry(
    "Work",
    "Go on by hand in a task's conversation; it is frozen meanwhile",
    async () => (await import("./commands/Attach.ts")).command
  ),

  send: entry(
    "Work",
    "Send a message to the session that holds a role",
    async () => (await import("./commands/Send.ts")).command
  ),

  status: entry("Look", "List tasks, and why they wait", async () => (await import("./commands/Status.ts")).command),
  show: entry("Look", "Show everything about a task", async () => (await import("./commands/Show.ts")).command),
  logs: entry("Look", "Print what a task's attempts printed", async () => (await import("./commands/Logs.ts")).command),
  events: entry("Look", "Print what happened, as NDJSON", async () => (await import("./commands/Events.ts")).command),
  board: entry(
    "Look",
    "Print a link to the board, for one browser",
    async () => (await import("./commands/Board.ts")).command
  ),
  guards: entry(
    "Look",
    "List the protections, and how each stands",
    async () => (await import("./commands/Guards.ts")).command
  ),
  metrics: entry(
    "Look",
    "Print what is measured, as Prometheus reads it",
    async () => (await import("./commands/Metrics.ts")).command
  ),
  attention: entry(
    "Look",
    "List what needs a person; acknowledge it",
    async () => (await import("./commands/Attention.ts")).command
  ),
  inbox: entry(
    "Look",
    "Show or take the mail of long-lived sessions",
    async () => (await import("./commands/Inbox.ts")).command
  ),
  claims: entry(
    "Look",
    "Say what a message claims to do or to have done",
    async () => (await import("./commands/Claims.ts")).command
  ),
  commitments: entry(
    "Look",
    "List what agents promised, or say what became of it",
    async () => (await import("./commands/Commitments.ts")).command
  ),
  doctor: entry("Look", "Check what drover rests on", async () => (await import("./commands/Doctor.ts")).command),

  up: entry(
    "Supervise",
    "Run the supervisor in the foreground",
    async () => (await import("./commands/Up.ts")).command
  ),
  down: entry("Supervise", "End the running supervisor", async () => (await import("./commands/Down.ts")).command),
  drain: entry(
    "Supervise",
    "Admit nothing new; what runs goes on",
    async () => (await import("./commands/Drain.ts")).drain
  ),
  undrain: entry("Supervise", "Admit tasks again", async () => (await import("./commands/Drain.ts")).undrain),
  "resume-account": entry(
    "Supervise",
    "Let an account go on that was paused or limited",
    async () => (await import("./commands/ResumeAccount.ts")).command
  ),

  triage: verb("triage", "Ask for a task that was stored as upcoming"),
  start: verb("start", "Start a task now, whatever it waits for"),
  cancel: entry(
    "Move tasks",
    "End tasks for good; what runs is stopped",
    async () => (await import("./commands/Operate.ts")).cancel
  ),
  retry: verb("retry", "Try again: unblock, or begin the stage anew"),
  approve: verb("approve", "Let a task in review go on"),
  "send-back": verb("send-back", "Send a task in review back to its agent"),
  hold: verb("hold", "Hold a task until a person approves"),
  freeze: verb("freeze", "Set a task aside, to be taken up where it was"),
  unfreeze: verb("unfreeze", "Take up a frozen task where it was"),
  block: verb("block", "Block a task until a person unblocks it"),
  unblock: verb("unblock", "Let a blocked task go on with fresh attempts"),
  demote: verb("demote", "Put a task back to wait for a manual start"),
  fixup: verb("fixup", "Send a task that failed to land to its agent"),
  requeue: verb("requeue", "Verify a task that failed to land once more"),
  landed: verb("landed", "Say that a person landed the work"),
  reject: verb("reject", "End a task because its work is not wanted"),
  supersede: verb("supersede", "End a task because another takes its place"),
  reopen: verb("reopen", "Take up a task that had ended"),
  archive: verb("archive", "Put an ended task out of sight"),

  prune: entry(
    "Tools",
    "Remove files of tasks that have ended long ago",
    async () => (await import("./commands/Prune.ts")).command
  ),
  backup: entry(
    "Tools",
    "Copy the store into a file, while it is worked on",
    async () => (await import("./commands/Backup.ts")).command
  ),
  profile: entry(
    "Tools",
    "Measure on a copy of the store where the time goes",
    async () => (await import("./commands/Profile.ts")).command
  ),
  ingest: entry(
    "Tools",
    "Take a hook event of an agent from standard input",
    async () => (await import("./commands/Ingest.ts")).command
  ),
  hooks: entry(
    "Tools",
    "Have agents that you start yourself tell drover what they do",
    async () => (await import("./commands/Hooks.ts")).command
  ),
  unit: entry(
    "Tools",
    "Have systemd or launchd keep a supervisor running",
    async () => (await import("./commands/Unit.ts")).command
  ),
  completions: entry("Tools", "Print a shell's completion script", async () =>
    (await import("./commands/Completions.ts")).make(script)
  )
})

export type Commands = ReturnType<typeof make>
export type Name = keyof Commands
export type Loaded = Awaited<ReturnType<Commands[Name]["load"]>>

/** The script by which a shell completes all of these commands. */
export const completions = (loaded: ReadonlyArray<Loaded>, shell: Shell): Effect.Effect<string> => {
  const [first, ...rest] = loaded.map(({ command }) => command)
  if (first === undefined) return Effect.succeed("")
  const lines = {
    bash: Command.getBashCompletions,
    zsh: Command.getZshCompletions,
    fish: Command.getFishCompletions
  }[shell](Command.withSubcommands(root, [first, ...rest]), "drover")
  return Effect.map(lines, (all) => all.join("\n"))
}
