/** Where bytes of UTF-8 may be cut so that no character is cut in two. */

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** A character has at most three bytes after its first (RFC 3629); more in a row are no UTF-8, and may be cut anywhere. */
const longestTail = 3

/** The last boundary at or before `index`. */
export const boundaryBefore = (bytes: Uint8Array, index: number): number => {
  for (let back = 0; back <= Math.min(longestTail, index); back++) {
    if (!isContinuation(bytes[index - back])) return index - back
  }
  return index
}

/** The first boundary at or after `index`. */
export const boundaryAfter = (bytes: Uint8Array, index: number): number => {
  for (let on = 0; on <= longestTail; on++) if (!isContinuation(bytes[index + on])) return index + on
  return index
}
