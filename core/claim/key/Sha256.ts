/**
 * SHA-256 (FIPS 180-4) of a text in UTF-8. Effect has no such hash, and the one that platforms have is not at hand in a
 * bare JavaScript engine.
 */

/** FIPS 180-4, 4.2.2: the cube roots of the first 64 primes. */
const constants = Uint32Array.of(
  0x428a2f98,
  0x71374491,
  0xb5c0fbcf,
  0xe9b5dba5,
  0x3956c25b,
  0x59f111f1,
  0x923f82a4,
  0xab1c5ed5,
  0xd807aa98,
  0x12835b01,
  0x243185be,
  0x550c7dc3,
  0x72be5d74,
  0x80deb1fe,
  0x9bdc06a7,
  0xc19bf174,
  0xe49b69c1,
  0xefbe4786,
  0x0fc19dc6,
  0x240ca1cc,
  0x2de92c6f,
  0x4a7484aa,
  0x5cb0a9dc,
  0x76f988da,
  0x983e5152,
  0xa831c66d,
  0xb00327c8,
  0xbf597fc7,
  0xc6e00bf3,
  0xd5a79147,
  0x06ca6351,
  0x14292967,
  0x27b70a85,
  0x2e1b2138,
  0x4d2c6dfc,
  0x53380d13,
  0x650a7354,
  0x766a0abb,
  0x81c2c92e,
  0x92722c85,
  0xa2bfe8a1,
  0xa81a664b,
  0xc24b8b70,
  0xc76c51a3,
  0xd192e819,
  0xd6990624,
  0xf40e3585,
  0x106aa070,
  0x19a4c116,
  0x1e376c08,
  0x2748774c,
  0x34b0bcb5,
  0x391c0cb3,
  0x4ed8aa4a,
  0x5b9cca4f,
  0x682e6ff3,
  0x748f82ee,
  0x78a5636f,
  0x84c87814,
  0x8cc70208,
  0x90befffa,
  0xa4506ceb,
  0xbef9a3f7,
  0xc67178f2
)

/** FIPS 180-4, 5.3.3: the square roots of the first eight primes. */
const initial = Uint32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19
)

const blockBytes = 64

/** What UTF-8 puts in place of half a character. */
const replacement = 0xfffd

/** The bytes of a text in UTF-8; half of a surrogate pair becomes U+FFFD, as everywhere. */
const utf8 = (text: string): ReadonlyArray<number> => {
  const bytes: Array<number> = []
  for (const character of text) {
    const code = character.codePointAt(0)
    const point = code === undefined || (code >= 0xd800 && code <= 0xdfff) ? replacement : code
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point))
    else if (point < 0x1_0000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point))
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point))
  }
  return bytes
}

const tail = (bits: number): number => 0x80 | (bits & 0x3f)

/** Zero beyond both ends, as the rounds before a schedule is full read it. */
const wordAt = (words: Uint32Array, at: number): number => words[at] ?? 0

/** The message with a one bit, zeros and its length in bits (FIPS 180-4, 5.1.1), as big-endian words. */
const padded = (bytes: ReadonlyArray<number>): Uint32Array => {
  const blocks = Math.ceil((bytes.length + 9) / blockBytes)
  const words = new Uint32Array((blocks * blockBytes) / 4)
  const put = (byte: number, at: number): void => {
    words[at >> 2] = wordAt(words, at >> 2) | (byte << (24 - 8 * (at & 3)))
  }
  for (const [at, byte] of bytes.entries()) put(byte, at)
  put(0x80, bytes.length)
  const bits = bytes.length * 8
  words[words.length - 2] = Math.floor(bits / 0x1_0000_0000)
  words[words.length - 1] = bits
  return words
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** FIPS 180-4, 6.2.2, for the block of 16 words that begins at `from`. */
const compress = (hash: Uint32Array, words: Uint32Array, from: number): void => {
  const schedule = new Uint32Array(blockBytes)
  const word = (at: number): number => wordAt(schedule, at)
  for (let t = 0; t < blockBytes; t++) {
    const near = word(t - 15)
    const far = word(t - 2)
    const small0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3)
    const small1 = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10)
    schedule[t] = t < 16 ? wordAt(words, from + t) : small1 + word(t - 7) + small0 + word(t - 16)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash
  for (let t = 0; t < blockBytes; t++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const choice = (e & f) ^ (~e & g)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const first = (h + big1 + choice + wordAt(constants, t) + word(t)) | 0
    const second = (big0 + majority) | 0
    ;[a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g]
  }
  for (const [at, value] of [a, b, c, d, e, f, g, h].entries()) hash[at] = wordAt(hash, at) + value
}

/** The hash of a text as 64 small hexadecimal digits. */
export const sha256 = (text: string): string => {
  const words = padded(utf8(text))
  const hash = initial.slice()
  for (let from = 0; from < words.length; from += 16) compress(hash, words, from)
  return Array.from(hash, (word) => word.toString(16).padStart(8, "0")).join("")
}
