/** Chance from a seed: the same throws for the same seed, on every machine. */
export interface Dice {
  readonly chance: (probability: number) => boolean
  /** An integer in [0, n). */
  readonly below: (n: number) => number
  /** A positive 31-bit integer. */
  readonly throw: () => number
  readonly pick: <A>(from: readonly [A, ...ReadonlyArray<A>]) => A
  /** One of the values, each as likely as its weight says. */
  readonly weighted: <A>(from: ReadonlyArray<readonly [A, number]>, otherwise: A) => A
}

/** mulberry32 (Tommy Ettinger, public domain). */
export const make = (seed: number): Dice => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (n: number): number => Math.floor(next() * n)
  return {
    chance: (probability) => next() < probability,
    below,
    throw: () => below(0x7fffffff),
    pick: (from) => from[below(from.length)] ?? from[0],
    weighted: (from, otherwise) => {
      let left = next() * from.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [value, weight] of from) {
        left -= weight
        if (left < 0) return value
      }
      return otherwise
    }
  }
}
