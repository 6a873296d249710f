/** The program's entry: the command line over this process, its signals, streams and exit status. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { makeRunMain } from "@effect/platform/Runtime"
import * as Terminal from "@effect/platform/Terminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ExitCode from "../cli/ExitCode.ts"
import * as Output from "../cli/Output.ts"
import * as Program from "../cli/Program.ts"
import * as Signals from "../cli/Signals.ts"

const signals = Signals.make()

/** The status of an end that no command foresaw: a signal's, or that of a defect, which is shown whole. */
const unforeseen = (cause: Cause.Cause<unknown>): number => {
  const signal = signals.received()
  if (Cause.isInterruptedOnly(cause) && signal !== null) return Signals.codeOf(signal)
  process.stderr.write(`drover failed in a way that it should not:\n${Cause.pretty(cause)}\n`)
  return ExitCode.failed
}

/** Ends the process when all that was written has left it. */
const end = (code: number): void => {
  process.stdout.write("", () => process.exit(code))
}

/** The library asks nothing of a person here; opening standard input and readline would only cost time. */
const nobody = Terminal.Terminal.of({
  columns: Effect.succeed(0),
  rows: Effect.succeed(0),
  isTTY: Effect.succeed(false),
  readInput: Effect.dieMessage("drover asks no questions"),
  readLine: Effect.dieMessage("drover asks no questions"),
  display: () => Effect.void
})

const services = Layer.mergeAll(
  NodeFileSystem.layer,
  NodePath.layer,
  Layer.succeed(Terminal.Terminal, nobody),
  Layer.succeed(Output.Output, Output.make(process.stdout, process.stderr, process.env)),
  Layer.succeed(Signals.Signals, signals.service)
)

/** Nothing but the fiber keeps the process alive while it waits. */
const longest = 2 ** 31 - 1

const runMain = makeRunMain(({ fiber }) => {
  const alive = setInterval(() => {}, longest)
  signals.listen(() => fiber.unsafeInterruptAsFork(fiber.id()))
  fiber.addObserver((exit) => {
    clearInterval(alive)
    end(Exit.isSuccess(exit) ? Number(exit.value) : unforeseen(exit.cause))
  })
})

Program.run(process.argv.slice(2)).pipe(
  Effect.provide(services),
  runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
