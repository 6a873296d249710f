/**
 * Takes the events out of the spool that hooks have left there, each whole and in order of time. An event leaves the
 * folder when it is stored: one that is met again after a crash has the same id.
 */
import { unlinkSync } from "node:fs"
import { join } from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { HookName } from "../../core/hook/HookName.ts"
import * as BadFiles from "./BadFiles.ts"
import { turn } from "./InTurns.ts"
import { content, type Found, list, turnFiles } from "./SpoolLook.ts"
import type { Listed } from "./SpoolOrder.ts"
import { codeOf } from "../process/ErrorCode.ts"

/** The spool, or something in it, can not be read or taken away. */
export class SpoolUnusable extends Data.TaggedError("SpoolUnusable")<{
  readonly operation: "list" | "read" | "remove from" | "set aside what is bad in"
  readonly path: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `can not ${this.operation} the spool ${this.path}: ${String(this.cause)}`
  }
}

export interface Spooled {
  /** No other event ever has it, and this one has no other; ids are in order of time. */
  readonly id: string
  readonly file: string
  readonly hook: HookName
  /** What the agent's program wrote; bytes that are not UTF-8 are replaced. */
  readonly body: string
  /** Epoch milliseconds in which it was written. */
  readonly at: number
}

export interface Drained {
  readonly stored: number
  /** Set aside in `bad/`. */
  readonly bad: number
  /** Not whole yet: their writers may be at it. */
  readonly waiting: number
}

/** How much is stored at once: enough to share a sync, too little to hold up the loop. */
export const limits = { files: 500, bytes: 4 * 1024 * 1024 }

/** A file that nobody has written to for so long has lost its writer. */
const writerMs = 10 * 60_000

const nsPerMs = 1_000_000n

/** Digits of nanoseconds since the epoch, until the year 2286. */
const nsDigits = 19

const spooled = (folder: string, { changed, hook, name }: Listed, body: string): Spooled => ({
  id: `${String(changed).padStart(nsDigits, "0")}.${name}`,
  file: join(folder, name),
  hook,
  body,
  at: Number(changed / nsPerMs)
})

/** What was read of a list from some file on. */
interface Group {
  readonly events: ReadonlyArray<Spooled>
  /** Files of events that say nothing. */
  readonly blank: ReadonlyArray<string>
  readonly partial: ReadonlyArray<Listed>
  /** Names. */
  readonly bad: ReadonlyArray<string>
  /** The first file that is not in it. */
  readonly next: number
  /** Something became whole since the list was made. */
  readonly hasLater: boolean
}

const readGroup = async (
  folder: string,
  files: ReadonlyArray<Listed>,
  from: number,
  { bytes: mostBytes, files: mostFiles }: typeof limits
): Promise<Group> => {
  const events: Array<Spooled> = []
  const blank: Array<string> = []
  const partial: Array<Listed> = []
  const bad: Array<string> = []
  let hasLater = false
  let bytes = 0
  let next = from
  for (const file of files.slice(from, from + mostFiles)) {
    if (bytes >= mostBytes) break
    next++
    if (next % turnFiles === 0) await turn()
    const found = await content(folder, file)
    switch (found._tag) {
      case "Whole":
        bytes += found.bytes
        if (found.body.trim() === "") blank.push(join(folder, file.name))
        else events.push(spooled(folder, file, found.body))
        break
      case "Partial":
        partial.push(file)
        break
      case "Bad":
        bad.push(file.name)
        break
      case "Later":
        hasLater = true
        break
      case "Gone":
        break
    }
  }
  return { events, blank, partial, bad, next, hasLater }
}

/** No pool: a removal without a sync takes microseconds. */
const remove = async (paths: ReadonlyArray<string>): Promise<void> => {
  for (const [index, path] of paths.entries()) {
    if (index % turnFiles === turnFiles - 1) await turn()
    try {
      unlinkSync(path)
    } catch (cause) {
      if (codeOf(cause) !== "ENOENT") throw cause
    }
  }
}

/** A spool that nobody has made yet is empty. */
const listed = async (folder: string): Promise<Found> => {
  try {
    return await list(folder)
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return { files: [], bad: [] }
    throw cause
  }
}

/**
 * Gives `store` all whole events, at most `limits` at once (bytes: and one file more), and removes those it has stored;
 * it goes on until none is left. Files that will never be an event are set aside. When `store` fails, or is interrupted,
 * what was not stored stays; what was stored and could not be removed comes again under its id.
 */
export const drain = <E, R>(
  folder: string,
  store: (events: ReadonlyArray<Spooled>) => Effect.Effect<void, E, R>,
  most: typeof limits = limits
): Effect.Effect<Drained, E | SpoolUnusable, R> =>
  Effect.gen(function* () {
    const attempt = <A>(operation: SpoolUnusable["operation"], work: () => Promise<A>) =>
      Effect.tryPromise({ try: work, catch: (cause) => new SpoolUnusable({ operation, path: folder, cause }) })
    let stored = 0
    let bad = 0
    for (;;) {
      const found = yield* attempt("list", () => listed(folder))
      const now = yield* Clock.currentTimeMillis
      const aside = [...found.bad]
      let waiting = 0
      let isAgain = false
      for (let from = 0; from < found.files.length;) {
        const group = yield* attempt("read", () => readGroup(folder, found.files, from, most))
        from = group.next
        if (group.events.length > 0) yield* store(group.events)
        yield* attempt("remove from", () => remove([...group.events.map(({ file }) => file), ...group.blank]))
        stored += group.events.length
        const lost = group.partial.filter(({ changed }) => now - Number(changed / nsPerMs) >= writerMs)
        waiting += group.partial.length - lost.length
        aside.push(...group.bad, ...lost.map(({ name }) => name))
        isAgain ||= group.hasLater || group.events.length > 0
      }
      bad += yield* attempt("set aside what is bad in", () => BadFiles.setAside(folder, aside))
      if (!isAgain) return { stored, bad, waiting }
    }
  })
