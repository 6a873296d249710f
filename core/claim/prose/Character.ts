/**
 * Kinds of characters, told by their UTF-16 unit alone, so that looking at one costs the same everywhere in a text.
 */

const ascii = 128

const isRareSpace = (code: number): boolean =>
  code === 0x85 ||
  code === 0xa0 ||
  code === 0x1680 ||
  (code >= 0x2000 && code <= 0x200d) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x2060 ||
  code === 0x3000 ||
  code === 0xfeff

/** White space, also Unicode's, and what has no width. */
export const isSpace = (code: number): boolean => code <= 32 || (code >= ascii && isRareSpace(code))

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)

const modifierApostrophe = 0x2bc

/** Beyond ASCII everything counts that stands in no block of spaces, punctuation or symbols. */
const isForeignLetter = (code: number): boolean => {
  if (code < 0xc0) return code === 0xaa || code === 0xb5 || code === 0xba
  if (code < 0x2000) return code !== 0xd7 && code !== 0xf7 && !isRareSpace(code) && code !== modifierApostrophe
  // Emoji are pairs of surrogates; they are symbols, and so is a unit that lost its other half.
  return code > 0x303f && code < 0xfe00 && !(code >= 0xd800 && code <= 0xf8ff)
}

/** 1 for the letters and digits of ASCII: a look in a table is what a character of a long text can cost. */
const wordTable = Uint8Array.from({ length: ascii }, (_, code) => Number(isLetter(code) || isDigit(code)))

/** Letters and digits. */
export const isWord = (code: number): boolean => (code < ascii ? wordTable[code] === 1 : isForeignLetter(code))

/** The apostrophes that people and programs write: `'`, `’`, `‘`, `ʼ`, `＇`. */
export const isApostrophe = (code: number): boolean =>
  code === 39 || code === 0x2019 || code === 0x2018 || code === modifierApostrophe || code === 0xff07

/** The hyphens that join the parts of a word: `-`, U+2010, and U+2011, at which no line is broken. */
export const isHyphen = (code: number): boolean => code === 45 || code === 0x2010 || code === 0x2011
