/**
 * What a person is told of something that fails and mends by itself: one item per episode. It is raised at the second of
 * three looks that find a failure, so that one look at a bad moment (a machine that wakes up) raises nothing, and what
 * fails every other time is no secret; it is cleared by the first look that finds none.
 */

export type Episode =
  | { readonly _tag: "Well" }
  /** One look found it failing; `isCalm`: the look after that did not. */
  | { readonly _tag: "Suspected"; readonly isCalm: boolean }
  | { readonly _tag: "Open" }

export type Change =
  | { readonly _tag: "Raise"; readonly key: string; readonly text: string }
  | { readonly _tag: "Clear"; readonly key: string }

/** What one look found: `failure` is what to tell, null where all is well. */
export interface Finding {
  /** Of the attention item. */
  readonly key: string
  readonly failure: string | null
}

export interface Step {
  readonly episode: Episode
  readonly change: Change | null
}

export const well: Episode = { _tag: "Well" }
export const open: Episode = { _tag: "Open" }
const suspected: Episode = { _tag: "Suspected", isCalm: false }
const calm: Episode = { _tag: "Suspected", isCalm: true }

/** What one more look makes of an episode. */
export const step = (episode: Episode, { failure, key }: Finding): Step => {
  switch (episode._tag) {
    case "Well":
      return { episode: failure === null ? well : suspected, change: null }
    case "Suspected":
      if (failure === null) return { episode: episode.isCalm ? well : calm, change: null }
      return { episode: open, change: { _tag: "Raise", key, text: failure } }
    case "Open":
      return failure === null ? { episode: well, change: { _tag: "Clear", key } } : { episode, change: null }
  }
}
