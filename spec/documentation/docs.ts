/**
 * Writes the generated pages of docs/. With `--check` it writes nothing, names the pages that do not fit the code any
 * more, and exits 1 if there are any.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as Cli from "./Cli.ts"
import * as Configuration from "./Configuration.ts"
import { formatted } from "./Formatted.ts"
import { LIST, parse } from "./Promises.ts"
import * as Properties from "./Properties.ts"
import { collect } from "./Sentences.ts"
import * as StateMachines from "./StateMachines.ts"

const isCheck = process.argv[2] === "--check"
if (process.argv.length > (isCheck ? 3 : 2)) {
  console.error("usage: npm run docs [-- --check]")
  process.exit(2)
}

const { groups } = parse(readFileSync(LIST, "utf8"))
const { errors, sentences } = await collect()
const pages = {
  "docs/cli.md": Cli.render(await Cli.commands()),
  "docs/configuration.md": Configuration.render(),
  "docs/properties.md": Properties.render(groups, sentences),
  "docs/state-machines.md": StateMachines.render()
}

const stale: Array<string> = []
for (const [page, text] of Object.entries(pages)) {
  const content = formatted(page, text)
  if (existsSync(page) && readFileSync(page, "utf8") === content) continue
  stale.push(page)
  if (!isCheck && errors.length === 0) writeFileSync(page, content)
}

for (const error of errors) console.error(error)
for (const page of stale) console.log(isCheck ? `${page} is stale: npm run docs` : `${page} is new`)
if (stale.length === 0) console.log("the generated pages fit the code")
process.exitCode = errors.length > 0 || (isCheck && stale.length > 0) ? 1 : 0
