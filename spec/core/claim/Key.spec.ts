import { createHash } from "node:crypto"
import fc from "fast-check"
import { expect, it } from "vitest"
import { classify, key } from "../../../core/claim/index.ts"
import { sha256 } from "../../../core/claim/key/Sha256.ts"
import { objectName } from "../../../core/claim/key/ObjectName.ts"

const anyText = fc.oneof(
  fc.fullUnicodeString({ maxLength: 300 }),
  fc.string16bits({ maxLength: 300 }),
  fc.integer({ min: 0, max: 300 }).map((length) => "a".repeat(length))
)

it("CLM-5 the hash is SHA-256 of the text in UTF-8, as the platform computes it, of any text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"))
    })
  )
  // The lengths around the end of a block, where the padding needs another one.
  for (let length = 50; length < 70; length++) {
    const text = "é".repeat(length / 2) + "x".repeat(length % 2)
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"))
  }
})

it("CLM-5 where UTF-8 takes another byte, and at halves of characters, the hash is the platform's", () => {
  for (const code of [0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff, 0x1_0000]) {
    const text = `a${String.fromCodePoint(code)}b`
    expect([code, sha256(text)]).toEqual([code, createHash("sha256").update(text, "utf8").digest("hex")])
  }
})

it("CLM-5 a key is the first 16 digits of the hash of topic, lemma and object, and these are all it depends on", () => {
  const verb = fc.constantFrom("push", "merge")
  const object = fc.constantFrom(undefined, "main", "the API server")
  fc.assert(
    fc.property(anyText, verb, object, (topic, lemma, name) => {
      const claim = { verb: lemma, ...(name === undefined ? {} : { object: name }) }
      const expected = createHash("sha256")
        .update(`${topic}|${lemma}|${(name ?? "").replace("the API", "api")}`, "utf8")
        .digest("hex")
      expect(key(topic, claim)).toBe(`actionclaim:${expected.slice(0, 16)}`)
    })
  )
})

it("CLM-5 different topics, verbs or objects have different keys, also when a bar stands in a topic", () => {
  const part = fc.constantFrom("a", "b", "push", "main", "|", "||", "")
  const triple = fc.tuple(
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join("")),
    fc.constantFrom("push", "merge"),
    fc.constantFrom(undefined, "a", "main", "push", "a|push", "|a|")
  )
  const keyOf = ([topic, verb, object]: readonly [string, string, string | undefined]): string =>
    key(topic, { verb, ...(object === undefined ? {} : { object }) })
  fc.assert(
    fc.property(triple, triple, (one, two) => {
      const isSame = one[0] === two[0] && one[1] === two[1] && objectName(one[2] ?? "") === objectName(two[2] ?? "")
      expect(keyOf(one) === keyOf(two)).toBe(isSame)
    })
  )
})

it("CLM-5 an object has one name however it is written, and a pronoun has none", () => {
  const write = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => `the ${text}`,
    (text: string) => `our  ${text.replaceAll(" ", "\n ")}`,
    (text: string) => `**${text}**`,
    (text: string) => `"${text}",`,
    (text: string) => `this \`${text}\`.`,
    (text: string) => text.replaceAll("'", "’")
  )
  fc.assert(
    fc.property(
      fc.constantFrom("api server", "user's config", "#12", ".env", "c++", "origin/main"),
      write,
      (name, as) => {
        expect(objectName(as(name))).toBe(name)
      }
    )
  )
  for (const pronoun of ["it", "This", "that", "THEM", "these", "everything", "", "the", " | "]) {
    expect(objectName(pronoun), `${pronoun}`).toBe("")
  }
})

it("CLM-5 words before a name are no part of it, each of them, and alone none is a name", () => {
  const determiners = "a an the this that these those my our your his her its their"
  for (const word of determiners.split(" ")) {
    expect([word, objectName(`${word} server`)]).toEqual([word, "server"])
    expect([word, objectName(word)]).toEqual([word, ""])
  }
  for (const word of ["it", "them", "everything", "all", "both"]) {
    expect([word, objectName(word)]).toEqual([word, ""])
    expect([word, objectName(`${word} servers`)]).toEqual([word, `${word} servers`])
  }
  expect(objectName("the other the")).toBe("other the")
})

it("CLM-5 signs around a word are no part of it, but for those that names begin or end with", () => {
  const rows: ReadonlyArray<readonly [text: string, name: string]> = [
    ["(server)", "server"],
    ["«server» – now", "server now"],
    ["server's", "server's"],
    ["@scope/name!", "@scope/name"],
    ["/etc/hosts:", "/etc/hosts"],
    ["$HOME,", "$home"],
    ["-5+", "5+"],
    ["ｓｅｒｖｅｒ ８", "server 8"],
    ["c#.", "c#"],
    ["… --- server", "server"],
    ["ünïcode", "ünïcode"]
  ]
  for (const [text, name] of rows) expect([text, objectName(text)]).toEqual([text, name])
})

it("CLM-5 the name of an object never holds a bar, of any text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(objectName(`${text}|${text}`)).not.toContain("|")
    })
  )
})

it("CLM-5 the same claim in other words has the same key", () => {
  const keys = (text: string): ReadonlyArray<string> => classify(text).map((claim) => key("topic", claim))
  const [first] = keys("I'll restart the server.")
  for (const text of [
    "Restarting the server now.",
    "I'm restarting the **server**, one moment.",
    "I’LL RESTART THE SERVER",
    "Let me restart our server in a minute.",
    "OK — restarting the server to pick up the change."
  ]) {
    expect(keys(text), `${text}`).toEqual([first])
  }
  expect(keys("I'll restart it now.")).toEqual(keys("Restarting now, one sec."))
  expect(keys("I'll restart the database.")).not.toEqual([first])
  expect(keys("I'll redeploy the server.")).not.toEqual([first])
})
