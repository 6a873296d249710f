/**
 * Compares docs/requirements.md with the specs: every id in a spec's title must be promised there, and every promise
 * must have a spec or be marked planned. Exits 1 where it is not so. Arguments are groups to look at (STG TCK ...).
 */
import { readFileSync } from "node:fs"
import { createVitest } from "vitest/node"

const LIST = "docs/requirements.md"

/**
 * The promises in the list, in its order, and what is wrong with the list itself.
 * @param {string} text
 */
const parseList = (text) => {
  /** @type {Map<string, { id: string, group: string, planned: boolean, specs: number }>} */
  const promises = new Map()
  const errors = []
  for (const [index, line] of text.split("\n").entries()) {
    const row = /^\|\s*(?<id>(?<group>[A-Z]{3})-\d+)\s*\|(?<promise>.*)\|(?<mark>[^|]*)\|\s*$/.exec(line)?.groups
    if (row === undefined) {
      if (/^\|?\s*[A-Z]{3}-\d/.test(line)) errors.push(`${LIST}:${index + 1}: not a row of three cells`)
      continue
    }
    const mark = row.mark.trim()
    if (promises.has(row.id)) errors.push(`${LIST}:${index + 1}: ${row.id} stands here twice`)
    if (mark !== "" && !/^planned\b/.test(mark))
      errors.push(`${LIST}:${index + 1}: "${mark}" is neither empty nor planned`)
    promises.set(row.id, { id: row.id, group: row.group, planned: mark !== "", specs: 0 })
  }
  return { promises, errors }
}

/**
 * The titles of all specs that would run, as vitest itself sees them: loops, templates and shared suites included.
 * What is skipped or still to do proves nothing and is left out.
 */
const collectTitles = async () => {
  // The seed matters to a run, not to a list of titles.
  process.env.DROVER_SEED_SHOWN = "1"
  const vitest = await createVitest("test", { watch: false, reporters: [{}] })
  try {
    const { testModules, unhandledErrors } = await vitest.collect()
    const errors = unhandledErrors.map((error) => String(error))
    const titles = []
    for (const module of testModules) {
      for (const error of module.errors()) errors.push(`${module.relativeModuleId}: ${error.message}`)
      for (const test of module.children.allTests()) {
        if (test.options.mode === "run" || test.options.mode === "only") {
          titles.push({ title: test.name, place: `${module.relativeModuleId}:${test.location?.line ?? 1}` })
        }
      }
    }
    return { titles, errors }
  } finally {
    await vitest.close()
  }
}

const { promises, errors } = parseList(readFileSync(LIST, "utf8"))
const groups = [...new Set([...promises.values()].map((promise) => promise.group))]
const wanted = process.argv.slice(2)
for (const group of wanted) {
  if (!groups.includes(group)) {
    console.error(`no group ${group}; there are ${groups.join(" ")}`)
    process.exit(2)
  }
}
const looksAt = (group) => wanted.length === 0 || wanted.includes(group)

const collected = await collectTitles()
errors.push(...collected.errors)
let unnamed = 0
for (const { title, place } of collected.titles) {
  const id = /^[A-Z]{3}-\d+/.exec(title)?.[0]
  if (id === undefined) unnamed += 1
  else if (promises.has(id)) promises.get(id).specs += 1
  else if (wanted.length === 0 || wanted.includes(id.slice(0, 3))) errors.push(`${place}: unknown id in "${title}"`)
}

let unproved = 0
console.log("group  promised  proved  planned  specs  missing")
for (const group of groups.filter(looksAt)) {
  const members = [...promises.values()].filter((promise) => promise.group === group)
  const missing = members.filter((promise) => promise.specs === 0 && !promise.planned).map((promise) => promise.id)
  unproved += missing.length
  const cell = (value, width) => String(value).padStart(width)
  console.log(
    group.padEnd(5),
    cell(members.length, 9),
    cell(members.filter((promise) => promise.specs > 0).length, 7),
    cell(members.filter((promise) => promise.specs === 0 && promise.planned).length, 8),
    cell(
      members.reduce((sum, promise) => sum + promise.specs, 0),
      6
    ),
    "",
    missing.length === 0 ? "-" : missing.join(" ")
  )
}
const early = [...promises.values()].filter((promise) => promise.planned && promise.specs > 0 && looksAt(promise.group))
if (early.length > 0) console.log(`planned, yet with specs: ${early.map((promise) => promise.id).join(" ")}`)
if (unnamed > 0 && wanted.length === 0) console.log(`${unnamed} specs name no id`)
if (unproved > 0) errors.push(`${unproved} promises have no spec and are not planned`)
for (const error of errors) console.error(error)
process.exitCode = errors.length > 0 ? 1 : 0
