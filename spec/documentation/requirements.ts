/**
 * Compares docs/requirements.md with the specs: every id in a spec's title must be promised there, and every promise
 * must have a spec or be marked planned. Exits 1 where it is not so. Arguments are groups to look at (STG TCK ...).
 */
import { readFileSync } from "node:fs"
import { LIST, parse } from "./Promises.ts"
import { collect } from "./Sentences.ts"

const promises = parse(readFileSync(LIST, "utf8"))
const wanted = process.argv.slice(2)
const unknown = wanted.find((id) => promises.groups.every((group) => group.id !== id))
if (unknown !== undefined) {
  console.error(`no group ${unknown}; there are ${promises.groups.map(({ id }) => id).join(" ")}`)
  process.exit(2)
}
const groups = promises.groups.filter(({ id }) => wanted.length === 0 || wanted.includes(id))

const collected = await collect()
const errors = [...promises.errors, ...collected.errors]
// What is skipped proves nothing.
const sentences = collected.sentences.filter(({ runs }) => runs)
const proved = new Map<string, number>()
for (const { id } of sentences) if (id !== null) proved.set(id, (proved.get(id) ?? 0) + 1)

const promised = new Set(promises.groups.flatMap((group) => group.promises.map(({ id }) => id)))
for (const { file, id, text } of sentences) {
  const isWanted = wanted.length === 0 || wanted.includes(id?.slice(0, 3) ?? "")
  if (id !== null && isWanted && !promised.has(id)) errors.push(`${file}: unknown id in "${id} ${text}"`)
}

console.log("group  promised  proved  planned  specs  missing")
const cell = (value: number, width: number): string => String(value).padStart(width)
let unproved = 0
for (const group of groups) {
  const has = ({ id }: { readonly id: string }): boolean => proved.has(id)
  const missing = group.promises.filter((each) => !has(each) && each.planned === null)
  unproved += missing.length
  console.log(
    group.id.padEnd(5),
    cell(group.promises.length, 9),
    cell(group.promises.filter(has).length, 7),
    cell(group.promises.filter((each) => !has(each) && each.planned !== null).length, 8),
    cell(
      group.promises.reduce((sum, { id }) => sum + (proved.get(id) ?? 0), 0),
      6
    ),
    "",
    missing.length === 0 ? "-" : missing.map(({ id }) => id).join(" ")
  )
}
const early = groups.flatMap((group) => group.promises.filter(({ id, planned }) => planned !== null && proved.has(id)))
if (early.length > 0) console.log(`planned, yet with specs: ${early.map(({ id }) => id).join(" ")}`)
const unnamed = sentences.filter(({ id }) => id === null)
if (unnamed.length > 0 && wanted.length === 0) console.log(`${unnamed.length} specs name no id`)
if (unproved > 0) errors.push(`${unproved} promises have no spec and are not planned`)
for (const error of errors) console.error(error)
process.exitCode = errors.length > 0 ? 1 : 0
