/**
 * Effect holds each fiber that no other has started until it ends, so that those of a killed process would be held for
 * ever, with all they know: ten megabytes of each fleet.
 */
import { globalValue } from "effect/GlobalValue"

/** Effect's own set, by its own name: it has no way out for a fiber that does not end. */
const held = globalValue(Symbol.for("effect/FiberScope/Global"), () => ({ roots: new Set<unknown>() }))

/** None of them will run again. */
export const forgetAll = (): void => held.roots.clear()
