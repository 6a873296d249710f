#!/usr/bin/env node
// Writes one function from examples. It knows a few building blocks and takes the fewest that make every example it was
// told come true: those of the prompt, and, in a later attempt, those in the output of the tests that failed.
import { readFileSync, writeFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"

/** For each function what it always does, what it may need, and how it ends. */
const blocks = {
  slugify: {
    always: [".toLowerCase()"],
    perhaps: [
      '.replaceAll("&", " and ")',
      '.replaceAll("@", " at ")',
      '.normalize("NFD").replace(/\\p{M}/gu, "")',
      '.replace(/^[^\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+$/gu, "")'
    ],
    last: '.replace(/[^\\p{L}\\p{N}]+/gu, "-")'
  },
  wordcount: { always: [".split(/\\s+/)"], perhaps: [".filter(Boolean)"], last: ".length" }
}

// The prompt comes on standard input. After a failure it ends with the output of the check that did not pass.
const told = readFileSync(0, "utf8")
const name = /Write (\w+)\(text\)/.exec(told)?.[1]
const known = Object.hasOwn(blocks, name ?? "") ? blocks[name] : undefined
if (known === undefined) fail(`I can write ${Object.keys(blocks).join(" and ")}, not ${name}`)

/** Every `slugify("text") should be "slug"`, wherever it stands. */
const string = '"(?:[^"\\\\]|\\\\.)*"'
const pattern = new RegExp(`${name}\\((${string})\\) should be (${string}|\\d+)`, "g")
const examples = new Map([...told.matchAll(pattern)].map(([, text, result]) => [JSON.parse(text), JSON.parse(result)]))
console.log(`${name}, known examples: ${examples.size}`)
await pause(700) // a person wants to see something happen

const choices = subsets(known.perhaps).map((some) => [...known.always, ...some, known.last])
const chosen = choices.find((chain) => {
  const run = new Function("text", `return text${chain.join("")}`)
  return [...examples].every(([text, result]) => run(text) === result)
})
if (chosen === undefined) fail("my building blocks can not make all of the examples come true")

writeFileSync(`${name}.js`, `export const ${name} = (text) =>\n  text\n${chosen.map((each) => `    ${each}\n`).join("")}`)
const result = `${name}.js is written; known examples: ${examples.size}, all come true`
console.log(JSON.stringify({ type: "result", is_error: false, total_cost_usd: 0, result }))

/** All of them, small ones first, each in the order of the list. */
function subsets(list) {
  const all = list.reduce((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]])
  return all.sort((a, b) => a.length - b.length)
}

function fail(why) {
  console.error(why)
  process.exit(1)
}
