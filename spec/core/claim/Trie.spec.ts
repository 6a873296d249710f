import fc from "fast-check"
import { expect, it } from "vitest"
import * as Trie from "../../../core/claim/lexicon/Trie.ts"

const letters = fc.stringOf(fc.constantFrom(..."abz'-"), { minLength: 1, maxLength: 5 })

it("CLM-1 a word is found where it stands in a text, and no other word is", () => {
  fc.assert(
    fc.property(fc.uniqueArray(letters, { maxLength: 8 }), letters, letters, letters, (words, before, word, after) => {
      const trie = Trie.make(new Map(words.map((each, index) => [each, index])))
      for (const [index, each] of words.entries()) {
        const text = before + each + after
        expect(Trie.find(trie, text, before.length, before.length + each.length)).toBe(index)
      }
      const index = words.indexOf(word)
      expect(Trie.find(trie, word, 0, word.length)).toBe(index < 0 ? undefined : index)
    })
  )
})

it("CLM-4 capitals are small letters, and every apostrophe and hyphen is the plain one", () => {
  const trie = Trie.make(
    new Map([
      ["i'll", 1],
      ["re-run", 2],
      ["az", 3]
    ])
  )
  const find = (text: string) => Trie.find(trie, text, 0, text.length)
  expect(["i'll", "I'LL", "I’ll", "Iʼll"].map(find)).toEqual([1, 1, 1, 1])
  expect(["re-run", "RE‐RUN", "re‑run"].map(find)).toEqual([2, 2, 2])
  expect(["az", "AZ", "[z", "a{", "`z", "@z", "re–run", "aé"].map(find)).toEqual([
    3,
    3,
    ...Array.from({ length: 6 }, () => undefined)
  ])
})

it("CLM-1 a word with a sign that is no letter can not be found, and takes no other word's place", () => {
  const trie = Trie.make(
    new Map([
      ["k8s", 1],
      ["ks", 2],
      ["über", 3]
    ])
  )
  expect(["k8s", "ks", "über", ""].map((word) => Trie.find(trie, word, 0, word.length))).toEqual([
    undefined,
    2,
    undefined,
    undefined
  ])
})
