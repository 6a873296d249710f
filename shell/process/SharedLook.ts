/**
 * Lets many callers share one look at the machine: each gets one that began after it asked, and at most one runs while
 * one more is to follow, however many stops and sensors ask.
 */

export const shared = <A>(look: () => Promise<A>): (() => Promise<A>) => {
  let running: Promise<A> | undefined
  let following: Promise<A> | undefined
  const begin = (): Promise<A> => {
    following = undefined
    const started = look().finally(() => {
      if (running === started) running = undefined
    })
    running = started
    return started
  }
  return () => {
    if (running === undefined) return begin()
    following ??= running.then(begin, begin)
    return following
  }
}
