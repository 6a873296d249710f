/**
 * Many writers, one transaction: whoever asks waits for the end of the turn of the event loop and is committed with all
 * who asked until then, in the order they came, since a commit costs the same for one row and for hundreds.
 */
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"

interface Waiting<Request, Outcome, Failure> {
  readonly request: Request
  readonly weight: number
  readonly resume: (outcome: Effect.Effect<Outcome, Failure>) => void
}

/**
 * `commit` gets requests of at most `limit` rows together (one that is larger goes alone) and answers for each in
 * order. A writer that is interrupted before its turn is not committed. Closing the scope commits what still waits.
 */
export const make = <Request, Outcome, Failure>(options: {
  readonly limit: number
  readonly commit: (
    requests: ReadonlyArray<Request>
  ) => Effect.Effect<ReadonlyArray<Either.Either<Outcome, Failure>>, Failure>
}) =>
  Effect.gen(function* () {
    const waiting: Array<Waiting<Request, Outcome, Failure>> = []
    let wake: (() => void) | null = null

    const turnEnds = Effect.async<void>((resume) => {
      const wait = () => {
        const turn = setImmediate(() => resume(Effect.void))
        cancel = () => clearImmediate(turn)
      }
      let cancel = () => {
        wake = null
      }
      if (waiting.length > 0) wait()
      else wake = wait
      return Effect.sync(() => cancel())
    })

    const takeGroup = (): ReadonlyArray<Waiting<Request, Outcome, Failure>> => {
      let weight = 0
      const over = waiting.findIndex((each, index) => (weight += each.weight) > options.limit && index > 0)
      return waiting.splice(0, over === -1 ? waiting.length : over)
    }

    const commitGroup = Effect.suspend(() => {
      const group = takeGroup()
      if (group.length === 0) return Effect.void
      return Effect.matchCause(options.commit(group.map((each) => each.request)), {
        onFailure: (cause) => group.forEach((each) => each.resume(Effect.failCause(cause))),
        onSuccess: (outcomes) =>
          group.forEach((each, index) => {
            const outcome = outcomes[index]
            each.resume(outcome ?? Effect.dieMessage("a commit must answer for every request"))
          })
      })
    }).pipe(Effect.uninterruptible)

    yield* Effect.addFinalizer(() => Effect.repeat(commitGroup, { while: () => waiting.length > 0 }))
    yield* Effect.forkScoped(Effect.forever(Effect.zipRight(turnEnds, commitGroup)))

    return (request: Request, weight: number): Effect.Effect<Outcome, Failure> =>
      Effect.async((resume) => {
        const each = { request, weight, resume }
        waiting.push(each)
        if (wake !== null) {
          const start = wake
          wake = null
          start()
        }
        return Effect.sync(() => {
          const index = waiting.indexOf(each)
          if (index >= 0) waiting.splice(index, 1)
        })
      })
  })
