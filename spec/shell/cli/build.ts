/** The built program, built anew when a source is newer; who runs `npm test` has just built it. */
import { execFileSync } from "node:child_process"
import { readdirSync, statSync } from "node:fs"
import { join, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../../..")
const program = join(root, "dist/bin/drover.cjs")

const newest = (folder: string): number =>
  Math.max(
    ...readdirSync(join(root, folder), { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? newest(path) : statSync(join(root, path)).mtimeMs
    })
  )

const builtAt = (): number => {
  try {
    return statSync(join(root, "dist/bin/cli.cache")).mtimeMs
  } catch {
    return 0
  }
}

/** The path of what `bin` starts. */
export const built = (): string => {
  if (builtAt() < Math.max(newest("core"), newest("shell"))) {
    execFileSync(process.execPath, ["build.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  }
  return program
}
