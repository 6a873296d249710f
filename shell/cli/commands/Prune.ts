/**
 * `drover prune`: removes what is kept of ended tasks for long enough, as `[retention]` says. A running supervisor does
 * the same once an hour.
 */
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { attemptId } from "../../../core/task/Identifiers.ts"
import type { Limits } from "../../../core/retention/Retention.ts"
import { Failed, UsageError } from "../ExitCode.ts"
import * as Flags from "../Flags.ts"
import { Output } from "../Output.ts"
import type { Pruned } from "../../retention/Prune.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import * as Table from "../Table.ts"

const options = {
  olderThan: Options.text("older-than").pipe(
    Options.withDescription("Everything of tasks that have ended for so long, such as 14d, 36h or '2 weeks'"),
    Options.optional
  ),
  isDryRun: Options.boolean("dry-run").pipe(Options.withDescription("Say what would go, and remove nothing")),
  json: Flags.json
}

const units: Readonly<Record<string, string>> = { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks" }

/** `14d` or `14 days`; anything but a length of time is none. */
const parseAge = (text: string): Option.Option<number> => {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text.trim()) ?? []
  return Option.map(Duration.decodeUnknown(`${count} ${units[unit] ?? unit}`), Duration.toMillis)
}

/** As the configuration says, or all that is so old. */
const retentionFor = (age: Option.Option<string>) =>
  Option.match(age, {
    onNone: () => Services.retention,
    onSome: (text) =>
      Option.match(parseAge(text), {
        onNone: () =>
          Effect.fail(new UsageError({ message: `${JSON.stringify(text)} is no length of time, such as 14d or 36h` })),
        onSome: (ms): Effect.Effect<Limits> =>
          Effect.succeed({
            attemptsMs: ms,
            logsMs: ms,
            logsBytes: Number.POSITIVE_INFINITY,
            hookEventsMs: ms,
            hookEvents: Number.MAX_SAFE_INTEGER,
            messagesMs: ms
          })
      })
  })

const columns: ReadonlyArray<Table.Column> = [
  { title: "ATTEMPT" },
  { title: "WHAT" },
  { title: "SIZE", align: "right" }
]

const words = { attempt: "all files", logs: "output" } as const

interface Gone extends Pruned {
  readonly hookEvents: number
  readonly messages: number
}

const nothing: Gone = { removed: [], failed: [], keptBytes: 0, hookEvents: 0, messages: 0 }

export const command = Command.make("prune", options, ({ isDryRun, json, olderThan }) =>
  Effect.gen(function* () {
    const output = yield* Output
    const retention = yield* retentionFor(olderThan)
    const [{ prune }, hooks, mail] = yield* Effect.promise(() =>
      Promise.all([
        import("../../retention/Prune.ts"),
        import("../../retention/HookEvents.ts"),
        import("../../retention/Mail.ts")
      ])
    )
    const all = Effect.gen(function* () {
      const files = yield* prune(retention, isDryRun)
      const hookEvents = yield* hooks.prune(retention, isDryRun)
      return { ...files, hookEvents, messages: yield* mail.prune(retention, isDryRun) } satisfies Gone
    })
    const isStored = yield* Services.isStored
    const { failed, hookEvents, keptBytes, messages, removed } = yield* isDryRun || !isStored
      ? Effect.map(
          Services.ifStored(all),
          Option.getOrElse(() => nothing)
        )
      : Effect.provide(all, Services.writable)
    const bytes = removed.reduce((sum, each) => sum + each.bytes, 0)
    if (json) {
      yield* output.json({
        dry_run: isDryRun,
        removed: removed.map((each) => ({
          attempt: attemptId(each.task, each.attempt),
          what: each.what,
          bytes: each.bytes
        })),
        bytes,
        kept_bytes: keptBytes,
        hook_events: hookEvents,
        messages,
        failed: failed.map(({ message }) => message)
      })
    } else {
      if (removed.length > 0) {
        const rows = removed.map((each) => [
          attemptId(each.task, each.attempt),
          words[each.what],
          Size.short(each.bytes)
        ])
        yield* output.line(Table.lines(columns, rows, output.size()?.columns ?? null).join("\n"))
      }
      const done = isDryRun ? "would be removed" : "removed"
      const sum = removed.length === 0 ? "nothing is old enough" : `${Size.short(bytes)} ${done}`
      yield* output.line(`${sum}; ${Size.short(keptBytes)} of attempts ${isDryRun ? "would be" : "are"} kept`)
      const forgotten = `${isDryRun ? "would be" : "are"} forgotten`
      if (hookEvents > 0) yield* output.line(`${hookEvents} hook events ${forgotten}`)
      if (messages > 0) yield* output.line(`${messages} messages ${forgotten}`)
    }
    if (failed.length > 0) {
      return yield* new Failed({ message: failed.map(({ message }) => message).join("\n") })
    }
  }).pipe(
    Effect.catchTag("StateUnusable", ({ message }) => new Failed({ message })),
    Effect.provide(Services.places)
  )
)
