/**
 * Moments and lengths of time as people read them, in their own time zone.
 */

const two = (count: number): string => String(count).padStart(2, "0")

/** `14:05`, with the date where it is not that of `now`. */
export const clock = (at: number, now: number): string => {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  const isToday = new Date(now).toDateString() === date.toDateString()
  return isToday ? time : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`
}

/** `14:05:09`. */
export const second = (at: number): string => {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `0.8 s`, `42 s`, `3 min 05 s`, `2 h 07 min`. */
export const length = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** ISO 8601 in UTC, for programs. */
export const iso = (at: number): string => new Date(at).toISOString()
