/** How a cost grows with the size of the fleet: a power of it, fitted to the points. */

export interface Point {
  readonly tasks: number
  /** The median of its samples. */
  readonly value: number
}

/**
 * The exponent of the power law that fits best: a straight line by least squares through the logarithms of both. 0 is
 * flat, 1 is in proportion; null of fewer than two points.
 */
export const exponent = (points: ReadonlyArray<Point>): number | null => {
  if (points.length < 2) return null
  const logs = points.map(({ tasks, value }) => ({ x: Math.log(tasks), y: Math.log(value) }))
  const mean = (of: (log: (typeof logs)[number]) => number): number =>
    logs.reduce((sum, log) => sum + of(log), 0) / logs.length
  const [x, y] = [mean((log) => log.x), mean((log) => log.y)]
  const slope = mean((log) => (log.x - x) * (log.y - y)) / mean((log) => (log.x - x) ** 2)
  return Number.isFinite(slope) ? slope : null
}

/** How many times as much ten times the tasks cost. */
export const perDecade = (power: number): number => 10 ** power

/** The same from the last size but one to the last, which a constant part of the cost hides least; null of fewer than two. */
export const lastDecade = (points: ReadonlyArray<Point>): number | null => {
  const power = exponent(points.slice(-2))
  return power === null ? null : perDecade(power)
}
