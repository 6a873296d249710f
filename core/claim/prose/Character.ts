/**
 * Kinds of characters, told by their UTF-16 unit alone, so that looking at one costs the same everywhere in a text.
 */

/** White space, also Unicode's, and what has no width. */
export const isSpace = (code: number): boolean =>
  code <= 32 || code === 0xa0 || (code >= 0x2000 && code <= 0x200d) || isRareSpace(code)

const isRareSpace = (code: number): boolean =>
  code === 0x85 || code === 0x1680 || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f ||
  code === 0x2060 || code === 0x3000 || code === 0xfeff

/** Letters and digits. Beyond Latin-1 everything counts that stands in no block of punctuation or symbols. */
export const isWord = (code: number): boolean => {
  if (code < 128) return isLetter(code) || isDigit(code)
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba
  if (code < 0x2000) return code !== 0xd7 && code !== 0xf7 && !isRareSpace(code) && code !== modifierApostrophe
  // Emoji are pairs of surrogates; they are symbols, and so is a unit that lost its other half.
  return code > 0x303f && code < 0xfe00 && !(code >= 0xd800 && code <= 0xf8ff)
}

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)

const modifierApostrophe = 0x2bc

/** The apostrophes that people and programs write: `'`, `’`, `‘`, `ʼ`, `＇`. */
export const isApostrophe = (code: number): boolean =>
  code === 39 || code === 0x2019 || code === 0x2018 || code === modifierApostrophe || code === 0xff07
