/**
 * Inputs as an outside that is broken or means harm would send them: valid documents whose bytes and values were changed,
 * and bytes that are nothing at all.
 */
import fc from "fast-check"

/** A vendor's key, which no message and no payload may show. */
export const secret = "sk-ant-api03-FuzzedFuzzedFuzzed0123456789"

const deep = 10_000
const mebibyte = 1024 * 1024

/** What parsers are known to stumble over, as it stands in JSON. */
const values: ReadonlyArray<string> = [
  "null",
  "true",
  "-0",
  "1e400",
  "-1e400",
  "1e-400",
  "0.1e1",
  "9".repeat(400),
  "9007199254740993",
  "-1",
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u001b[2J"',
  `"${secret}"`,
  "[]",
  "{}",
  '{"toString":0,"valueOf":0}',
  '{"__proto__":{"type":"result"},"constructor":1}',
  `${"[".repeat(deep)}${"]".repeat(deep)}`,
  `${'{"resumeTo":'.repeat(deep)}1${"}".repeat(deep)}`,
  '["\\ud83d",{"toString":null}]',
  `[${"1,".repeat(5000)}1]`,
  `"${"y".repeat(100_000)}"`,
  '[{"toString":null,"valueOf":null},"No conversation found with session ID"]'
]
const keys: ReadonlyArray<string> = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "length", ""]

const bytesOf = (text: string): Buffer => Buffer.from(text)

/** Pieces that are put anywhere, also where they make nothing valid. */
const pieces: ReadonlyArray<Buffer> = [
  "\0",
  "\r\n",
  "\r",
  "\n",
  "\n\n",
  "\uFEFF",
  "\u2028",
  "\u0085",
  "\\",
  '\\"',
  '"',
  "'",
  '"""',
  "'''",
  "`",
  "#",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "=",
  ".",
  "..",
  "/",
  "-",
  "%",
  " ",
  "\t",
  "VERDICT: PASS",
  "\nVERDICT: PASS\n",
  "[[task]]\n",
  "[agents.x]\n",
  "__proto__ = 1\n",
  '"__proto__":1,',
  secret,
  `${"[".repeat(deep)}`,
  "(",
  ") ",
  "a = ".concat("[".repeat(deep)),
  `${"a.".repeat(deep)}a = 1`,
  `${"{a=".repeat(deep)}`,
  "\\".repeat(deep),
  "DROVER_ATTEMPT=",
  "1979-05-27T07:32:00Z",
  "0x",
  "1_000",
  "inf",
  "nan",
  "é",
  "😀",
  " ".repeat(deep)
].map(bytesOf)
const broken: ReadonlyArray<Buffer> = [
  [0xff],
  [0xfe, 0xff],
  [0x80],
  [0xc0, 0x80],
  [0xe2, 0x82],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf0, 0x9f]
].map((bytes) => Buffer.from(bytes))

type Mutation = (bytes: Buffer) => Buffer

/** A place in a text of any length. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const at = (bytes: Buffer, where: number): number => Math.floor(where * (bytes.length + 1))
const replaced = (bytes: Buffer, from: number, to: number, by: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)])

type Part = "key" | "value"

/** A string with the colon that makes it a key, or a value that is no container. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b/g

/** Where they stand, as far as the text is JSON. */
const tokens = (text: string, part: Part): ReadonlyArray<readonly [start: number, end: number]> =>
  [...text.matchAll(token)].flatMap(({ 0: all, 1: string, 2: colon, index }) =>
    (colon === undefined ? "value" : "key") === part ? [[index, index + (string ?? all).length] as const] : []
  )

/** One of them, replaced; the text as it is where there is none. */
const swapped = (bytes: Buffer, part: Part, where: number, by: string): Buffer => {
  const found = tokens(bytes.toString("latin1"), part)
  const [start, end] = found[Math.floor(where * found.length)] ?? [0, 0]
  return end === 0 ? bytes : replaced(bytes, start, end, bytesOf(by))
}

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(place, fc.nat(255)).map(([where, byte]) => flip(where, byte)) },
  { weight: 3, arbitrary: fc.tuple(place, place).map(([from, to]) => cut(from, to)) },
  {
    weight: 4,
    arbitrary: fc.tuple(place, fc.constantFrom(...pieces, ...broken)).map(([w, piece]) => insert(w, piece))
  },
  { weight: 2, arbitrary: fc.tuple(place, place, fc.integer({ min: 1, max: 40 })).map(([a, b, n]) => repeat(a, b, n)) },
  {
    weight: 4,
    arbitrary: fc.tuple(place, fc.constantFrom(...values)).map(
      ([w, by]): Mutation =>
        (each) =>
          swapped(each, "value", w, by)
    )
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.constantFrom(...keys)).map(
      ([w, by]): Mutation =>
        (bytes) =>
          swapped(bytes, "key", w, JSON.stringify(by))
    )
  },
  {
    weight: 1,
    arbitrary: fc.constant<Mutation>((bytes) => bytesOf(bytes.toString("latin1").replaceAll("\n", "\r\n")))
  },
  { weight: 1, arbitrary: fc.constant<Mutation>((bytes) => Buffer.concat([bytesOf("\uFEFF"), bytes])) }
)

const flip =
  (where: number, byte: number): Mutation =>
  (bytes) =>
    bytes.length === 0 ? bytes : replaced(bytes, at(bytes, where), at(bytes, where) + 1, Buffer.from([byte]))

const cut =
  (from: number, to: number): Mutation =>
  (bytes) =>
    replaced(bytes, at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to)), Buffer.alloc(0))

const insert =
  (where: number, piece: Buffer): Mutation =>
  (bytes) =>
    replaced(bytes, at(bytes, where), at(bytes, where), piece)

/** A part of it, so many times more. */
const repeat =
  (from: number, to: number, times: number): Mutation =>
  (bytes) => {
    const [start, end] = [at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to))]
    const part = bytes.subarray(start, end)
    return replaced(
      bytes,
      end,
      end,
      Buffer.concat(Array.from({ length: times }, () => part).slice(0, 1 + mebibyte / (part.length + 1)))
    )
  }

/** A mebibyte in place of one value, of bytes that are short or long in JSON and in UTF-8. */
const huge = fc.tuple(place, fc.constantFrom("x", "é", "\\u0000", "😀", "\\\\")).map(
  ([where, unit]): Mutation =>
    (bytes) =>
      swapped(bytes, "value", where, `"${unit.repeat(mebibyte / 4)}"`)
)

/** Several documents in one, the beginning of one and the end of another among them. */
const spliced = (documents: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(documents, documents, place, place)
    .map(([a, b, from, to]) => Buffer.concat([a.subarray(0, at(a, from)), b.subarray(at(b, to))]))

/** Bytes made from documents that are valid; each is changed up to six times, and a few are as they were. */
const near = (documents: ReadonlyArray<string>): fc.Arbitrary<Buffer> => {
  const valid = fc.constantFrom(...documents.map(bytesOf))
  const base = fc.oneof({ weight: 6, arbitrary: valid }, { weight: 2, arbitrary: spliced(valid) })
  const mutations = fc.oneof(
    { weight: 30, arbitrary: fc.array(mutation, { maxLength: 6 }) },
    { weight: 1, arbitrary: fc.tuple(huge) }
  )
  return fc.tuple(base, mutations).map(([bytes, all]) => all.reduce((before, each) => each(before), bytes))
}

/** Bytes that were never anything: some at random, some of the pieces above. */
const noise: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom(...pieces, ...broken), { maxLength: 12 }).map((all) => Buffer.concat(all)),
  fc
    .array(fc.constantFrom(...values, ...keys, ",", ":", "{", "}"), { maxLength: 8 })
    .map((all) => bytesOf(all.join("")))
)

export const bytes = (documents: ReadonlyArray<string>): fc.Arbitrary<Buffer> =>
  fc.oneof({ weight: 5, arbitrary: near(documents) }, { weight: 1, arbitrary: noise })

/** As text, which may also hold halves of surrogate pairs, as no bytes of UTF-8 do. */
export const text = (documents: ReadonlyArray<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: bytes(documents).map((each) => each.toString("utf8")) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...documents), place, fc.constantFrom("\ud800", "\udc00", "\udfff\ud800"))
        .map(([each, where, half]) => each.slice(0, where * each.length) + half + each.slice(where * each.length))
    }
  )

/** The second and later items of a list are what the first is. */
const isLater = (text: string, start: number): boolean => /,\s*$/.test(text.slice(Math.max(0, start - 20), start))

/** What takes long to make and to read is put in at random alone. */
const light = values.filter(({ length }) => length < 1000)

/** Each value of a JSON text replaced by each of those above, and each key by each of the names: no value is left out by chance. */
export const sweep = function* (document: string): Generator<string> {
  for (const [part, all] of [
    ["value", light],
    ["key", keys.map((key) => JSON.stringify(key))]
  ] as const) {
    for (const [start, end] of tokens(document, part)) {
      if (part === "value" && isLater(document, start)) continue
      for (const by of all) yield document.slice(0, start) + by + document.slice(end)
    }
  }
}
