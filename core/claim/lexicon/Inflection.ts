/**
 * The regular forms of English verbs. Where spelling depends on a stress that letters do not show (`submitting`,
 * `visiting`) both spellings are given: one of them is never written.
 */

const vowel = /[aeiou]/
/** One consonant after one vowel: the consonant may double. `w`, `x` and `y` never do. */
const closed = /[^aeiou][aeiou][^aeiouwxy]$|^[aeiou][^aeiouwxy]$/

/** How a stem may be written before an ending that begins with a vowel. */
const stems = (base: string): ReadonlyArray<string> => {
  const last = base.slice(base.lastIndexOf("-") + 1)
  if (!closed.test(last)) return [base]
  const doubled = base + base.slice(-1)
  const isOneSyllable = last.match(/[aeiouy]+/g)?.length === 1
  return isOneSyllable ? [doubled] : [base, doubled]
}

/** `restarting`, `merging`, `tying`. */
export const progressive = (base: string): ReadonlyArray<string> => {
  if (base.endsWith("ie")) return [`${base.slice(0, -2)}ying`]
  if (/[^eoy]e$/.test(base) && vowel.test(base.slice(0, -1))) return [`${base.slice(0, -1)}ing`]
  return stems(base).map((stem) => `${stem}ing`)
}

/** `restarted`, `merged`, `applied`. */
export const past = (base: string): ReadonlyArray<string> => {
  if (base.endsWith("e")) return [`${base}d`]
  if (/[^aeiou]y$/.test(base)) return [`${base.slice(0, -1)}ied`]
  return stems(base).map((stem) => `${stem}ed`)
}
