/**
 * When the next attempt may begin: exponential in the failures in a row, capped, with full jitter that depends on the
 * attempt's name alone, so that every replay waits the same.
 */
export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

/** A number in [0, 1) from a text: FNV-1a over its UTF-16 units, then a finaliser that spreads near texts apart. */
export const fraction = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000
}

/** The longest wait after that many failures in a row (at least one), in milliseconds. */
export const ceiling = ({ baseMs, capMs }: Backoff, failures: number): number =>
  Math.min(capMs, baseMs * 2 ** Math.min(1000, Math.max(0, failures - 1)))

/** The wait before the attempt after `attempt` (`42.3`), in milliseconds: somewhere in [0, ceiling). */
export const delay = (backoff: Backoff, failures: number, attempt: string): number =>
  Math.floor(ceiling(backoff, failures) * fraction(attempt))
