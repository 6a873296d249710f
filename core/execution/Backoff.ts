/**
 * When the next attempt may begin: exponential in the failures in a row, capped, with full jitter that depends on the
 * attempt's name alone, so that every replay waits the same.
 */
import { hash } from "./TextHash.ts"

export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

/** A number in [0, 1) from a text. */
export const fraction = (text: string): number => hash(text) / 0x1_0000_0000

/** The longest wait after that many failures in a row (at least one), in milliseconds. */
export const ceiling = ({ baseMs, capMs }: Backoff, failures: number): number =>
  Math.min(capMs, baseMs * 2 ** Math.min(1000, Math.max(0, failures - 1)))

/** The wait before the attempt after `attempt` (`42.3`), in milliseconds: somewhere in [0, ceiling). */
export const delay = (backoff: Backoff, failures: number, attempt: string): number =>
  Math.floor(ceiling(backoff, failures) * fraction(attempt))
