/**
 * One spelling for each word, as the lexicon has it: small letters, straight apostrophes, plain hyphens.
 */

const isSmallOrPlain = (text: string): 0 | 1 | 2 => {
  let kind: 0 | 1 = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code > 126) return 2
    if (code < 97 || code > 122) kind = 1
  }
  return kind
}

/** A word in the lexicon's spelling. */
export const normalise = (word: string): string => {
  const kind = isSmallOrPlain(word)
  if (kind === 0) return word
  const small = word.toLowerCase()
  return kind === 1 ? small : small.replaceAll(/[’‘ʼ＇]/g, "'").replaceAll(/[‐‑]/g, "-")
}
