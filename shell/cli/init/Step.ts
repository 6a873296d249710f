/** One thing that `drover init` puts in its place or brings up to date: what it is, where, and what becomes of it. */
import * as Effect from "effect/Effect"
import { pad, plain } from "../Text.ts"

type Was = "written" | "refreshed" | "unchanged" | "left" | "failed"

export interface Step<R = never> {
  /** For people: `store`, `hooks of claude (user)`. */
  readonly what: string
  readonly path: string
  readonly was: Was
  /** What a person should know, or do; null where there is nothing. */
  readonly note: string | null
  /** Does it; what it learns is the note. */
  readonly apply: Effect.Effect<string | null, { readonly message: string }, R>
}

export interface Done extends Omit<Step, "apply"> {}

const nothing = Effect.succeed(null)

/** A step that has nothing to do. */
export const idle = (what: string, path: string, was: "unchanged" | "left" | "failed", note: string | null): Step => ({
  what,
  path,
  was,
  note,
  apply: nothing
})

/** Looks that could not be made are steps that failed; the others go on. */
export const orFailed =
  (what: string, path: string) =>
  <R, E extends { readonly message: string }, R2>(
    effect: Effect.Effect<ReadonlyArray<Step<R>>, E, R2>
  ): Effect.Effect<ReadonlyArray<Step<R>>, never, R2> =>
    Effect.catchAll(effect, ({ message }) => Effect.succeed([idle(what, path, "failed", message)]))

/** Does one after the other; one that fails does not keep the next from being done. */
export const carryOut = <R>(steps: ReadonlyArray<Step<R>>): Effect.Effect<ReadonlyArray<Done>, never, R> =>
  Effect.forEach(steps, ({ apply, note, path, was, what }) =>
    was === "written" || was === "refreshed"
      ? Effect.match(apply, {
          onFailure: ({ message }): Done => ({ what, path, was: "failed", note: message }),
          onSuccess: (learnt): Done => ({ what, path, was, note: learnt ?? note })
        })
      : Effect.succeed<Done>({ what, path, was, note })
  )

const future: { readonly [W in Was]: string } = {
  written: "would be written",
  refreshed: "would be refreshed",
  unchanged: "current",
  left: "would be left",
  failed: "failed"
}
const past: { readonly [W in Was]: string } = { ...future, written: "written", refreshed: "refreshed", left: "left" }

/** `hooks of claude (user)  refreshed  /home/ada/.claude/settings.json`, below each other, a note under its line. */
export const lines = (steps: ReadonlyArray<Done>, isDone: boolean): ReadonlyArray<string> => {
  const words = isDone ? past : future
  const longest = Math.max(0, ...steps.map(({ what }) => what.length))
  const widest = Math.max(0, ...steps.map(({ was }) => words[was].length))
  return steps.flatMap(({ note, path, was, what }) => [
    plain(`${pad(what, longest)}  ${pad(words[was], widest)}  ${path}`),
    ...(note === null ? [] : [`${pad("", longest)}  ${plain(note)}`])
  ])
}

export const toJson = ({ note, path, was, what }: Done) => ({ what, path, was, note })
