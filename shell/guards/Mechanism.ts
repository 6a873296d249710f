/**
 * What a defect, an error that nobody has foreseen, makes of a mechanism that must not end while its supervisor goes on: it
 * is told, and the mechanism begins again. Without this a fiber beside the loop would be gone, and nobody would know.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** A mechanism that has died is left alone for so long: it may die again at once. */
const againAfter = "1 second"

/** Of what a defect says: as much as fits a line. */
const longest = 300

export class Died extends Data.TaggedError("Died")<{ readonly message: string }> {}

/** What a defect says, in one line. */
export const said = (defect: unknown): string => (String(defect).split("\n")[0] ?? "").slice(0, longest)

/** A defect is a failure like any other: whoever handles those goes on after it, and says what it was. */
export const failing = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | Died, R> =>
  Effect.catchAllDefect(effect, (defect) => Effect.fail(new Died({ message: said(defect) })))

/**
 * Runs a turn of a mechanism again and again. One that dies is logged, once as long as it dies of the same, and told to
 * `died`; the next comes after a pause.
 */
export const forever = <E, R>(
  name: string,
  turn: Effect.Effect<unknown, E, R>,
  died: (why: string) => Effect.Effect<void> = () => Effect.void
): Effect.Effect<never, E, R> =>
  Effect.suspend(() => {
    let last: string | null = null
    const dies = (defect: unknown) =>
      Effect.suspend(() => {
        const why = said(defect)
        const isNews = why !== last
        last = why
        const stack = defect instanceof Error ? (defect.stack ?? why) : why
        return (isNews ? Effect.logError(`${name} died, and begins again: ${stack}`) : Effect.void).pipe(
          Effect.zipRight(died(why)),
          Effect.zipRight(Effect.sleep(againAfter))
        )
      })
    const lives = Effect.tap(turn, () => Effect.sync(() => (last = null)))
    return Effect.forever(Effect.catchAllDefect(lives, dies))
  })
