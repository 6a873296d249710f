/** Markdown as `npm run format` would leave it. */
import { execFileSync } from "node:child_process"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const formatter = join(dirname(createRequire(import.meta.url).resolve("oxfmt/package.json")), "bin/oxfmt")

export const formatted = (page: string, text: string): string =>
  execFileSync(process.execPath, [formatter, `--stdin-filepath=${page}`], { input: text, encoding: "utf8" })
