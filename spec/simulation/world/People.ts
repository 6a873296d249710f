/** What people do: they use any command that means something for a task, whenever they like. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Policy } from "../../../core/policy/Policy.ts"
import { operate } from "../../../shell/operator/Operation.ts"
import * as Verbs from "../../../shell/operator/Verbs.ts"
import { Store } from "../../../shell/store/Store.ts"
import type { Dice } from "../../core/tick/simulation/Dice.ts"

/** Verbs that end a task: seldom used, or nothing would be left to go wrong. */
const final: ReadonlySet<string> = new Set(["cancel", "reject", "archive", "supersede", "landed"])

/** One command on one task, as `drover VERB ID` does it; answers what it was. */
const meddle = (dice: Dice, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    const tasks = yield* store.tasks({})
    // A landing is short: one that is under way is meddled with more often than all else together.
    const landing = tasks.filter(({ execution }) => execution._tag === "Landing")
    const some = landing.length > 0 && dice.chance(0.8) ? landing : tasks
    const task = some[dice.below(Math.max(1, some.length))]
    if (task === undefined) return "nothing to do"
    const [first, ...rest] = Verbs.legal(task).filter((name) => !final.has(name) || dice.chance(0.1))
    if (first === undefined) return "nothing to do"
    const name = dice.pick([first, ...rest])
    const words = { reason: null, feedback: null, budgetUsd: null, commit: "abcdef0", by: null }
    const done = yield* Effect.either(operate(name, task.id, words, policy))
    if (Either.isRight(done)) return `${name} #${task.id}`
    return done.left._tag === "NotLegal" || done.left._tag === "NotYet" || done.left._tag === "Incomplete"
      ? "refused"
      : yield* done.left
  })

/** Pauses are lifted, what is held goes on. */
export const help = (dice: Dice, policy: Policy) =>
  Effect.gen(function* () {
    const store = yield* Store
    for (const { id, pause } of yield* store.accounts) {
      if (pause !== null && dice.chance(0.8)) yield* store.resumeAccount(id, yield* Clock.currentTimeMillis)
    }
    return yield* meddle(dice, policy)
  })

export const drain = (isDraining: boolean) => Effect.flatMap(Store, (store) => store.setDraining(isDraining))
