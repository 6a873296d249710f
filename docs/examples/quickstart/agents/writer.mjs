#!/usr/bin/env node
// Writes RELEASE.md: a heading and a true example for every function that index.js exports.
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { pathToFileURL } from "node:url"

const library = await import(pathToFileURL(join(process.cwd(), "index.js")).href)
const text = "Café & Crème: open all night!"
await pause(700) // a person wants to see something happen

const sections = Object.entries(library).map(([name, run]) => {
  const [given, result] = [text, run(text)].map((value) => JSON.stringify(value))
  return `## ${name}\n\n    ${name}(${given}) // ${result}\n`
})
writeFileSync("RELEASE.md", ["# textkit 1.0.0\n", ...sections].join("\n"))
const result = `RELEASE.md tells of ${sections.length} functions`
console.log(JSON.stringify({ type: "result", is_error: false, total_cost_usd: 0, result }))
