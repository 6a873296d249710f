/**
 * Medians, percentiles and the interval of a ratio of medians. Deterministic: resampling is seeded.
 */

/** How often the rounds are drawn anew for an interval; more moves its ends by less than a run differs from the next. */
const draws = 2000
const seed = 20_261_120

export interface Interval {
  readonly low: number
  readonly high: number
}

/** The nearest-rank percentile, 0 < p <= 1; NaN of nothing. */
export const percentile = (values: ReadonlyArray<number>, p: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** Mulberry32: 32 bits of state, uniform in [0, 1). */
const random = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * The 95 % bootstrap interval of median(subject) / median(reference). Whole rounds are drawn, since what both sides of
 * a round met (a stalled disk, a busy neighbour) was the same.
 */
export const ratioInterval = (subject: ReadonlyArray<number>, reference: ReadonlyArray<number>): Interval => {
  const rounds = Math.min(subject.length, reference.length)
  const next = random(seed)
  const ratios: Array<number> = []
  for (let draw = 0; draw < draws; draw++) {
    const picked = Array.from({ length: rounds }, () => Math.floor(next() * rounds))
    const of = (values: ReadonlyArray<number>) => median(picked.map((round) => values[round] ?? Number.NaN))
    ratios.push(of(subject) / of(reference))
  }
  return { low: percentile(ratios, 0.025), high: percentile(ratios, 0.975) }
}

/** The same for a median alone. */
export const medianInterval = (values: ReadonlyArray<number>): Interval =>
  ratioInterval(
    values,
    values.map(() => 1)
  )
