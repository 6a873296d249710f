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

/** `$1.20`, `unknown`, or `unknown, at least $1.20`. */
export const show = ({ isUnknown, usd }: Cost): string => {
  const dollars = `$${usd.toFixed(2)}`
  if (!isUnknown) return dollars
  return usd > 0 ? `unknown, at least ${dollars}` : "unknown"
}

/** For programs: null where nothing is known. */
export const toJson = ({ isUnknown, usd }: Cost) => ({
  cost_usd: isUnknown && usd === 0 ? null : usd,
  cost_is_complete: !isUnknown
})
