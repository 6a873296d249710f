/** Who has started the current process, in the simulation: by the machine's own table, as `/proc` would tell. */
import type * as Real from "../../../shell/process/Ancestry.ts"
import { universe } from "./Universe.ts"

export const look: typeof Real.look = () => universe().caller().ancestry

export const isGone: typeof Real.isGone = (identity) => universe().caller().isGone(identity)
