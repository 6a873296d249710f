/**
 * What work cost, told honestly: an amount that an agent did not report is unknown, never nothing.
 */

export interface Cost {
  /** US dollars that were reported. */
  readonly usd: number
  /** Something ended that did not say what it cost, so that `usd` is a lower bound. */
  readonly isUnknown: boolean
}

export const sum = (costs: ReadonlyArray<Cost>): Cost => ({
  usd: costs.reduce((total, { usd }) => total + usd, 0),
  isUnknown: costs.some(({ isUnknown }) => isUnknown)
})

/** A cent or more by the cent; what is less is not nothing. */
const inDollars = (usd: number): string => (usd > 0 && usd < 0.01 ? "<$0.01" : `$${usd.toFixed(2)}`)

/** `$1.20`, `<$0.01`, `unknown`, or `unknown, at least $1.20`. */
export const show = ({ isUnknown, usd }: Cost): string => {
  if (!isUnknown) return inDollars(usd)
  return usd < 0.01 ? "unknown" : `unknown, at least ${inDollars(usd)}`
}

/** For programs: null where nothing is known. */
export const toJson = ({ isUnknown, usd }: Cost) => ({
  cost_usd: isUnknown && usd === 0 ? null : usd,
  cost_is_complete: !isUnknown
})
