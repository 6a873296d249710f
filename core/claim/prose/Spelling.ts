/**
 * One spelling for each word, as the lexicon has it: small letters, straight apostrophes, plain hyphens.
 */
import { isApostrophe, isHyphen } from "./Character.ts"

const ascii = 128

const isSmall = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 97 || code > 122) return false
  }
  return true
}

/** The sign of ASCII for a typographic apostrophe or hyphen, else null. */
const plain = (code: number): string | null => {
  if (code < ascii) return null
  return isApostrophe(code) ? "'" : isHyphen(code) ? "-" : null
}

const withPlainSigns = (word: string): string => {
  let written = ""
  let copied = 0
  for (let at = 0; at < word.length; at++) {
    const sign = plain(word.charCodeAt(at))
    if (sign === null) continue
    written += word.slice(copied, at) + sign
    copied = at + 1
  }
  return copied === 0 ? word : written + word.slice(copied)
}

/** A word in the lexicon's spelling. */
export const normalise = (word: string): string => (isSmall(word) ? word : withPlainSigns(word).toLowerCase())
