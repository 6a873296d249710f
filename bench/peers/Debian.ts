/** Servers that peers need: as they are installed here, or from Debian's packages, unpacked into a temporary folder. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { environment } from "../harness/SampleProcess.ts"

const packages = {
  redis: ["redis-server", "redis-tools", "libjemalloc2", "liblua5.1-0", "liblzf1", "lua-bitop", "lua-cjson"],
  postgresql: ["postgresql-15", "postgresql-client-15", "libpq5", "libllvm14"]
} as const

type Server = keyof typeof packages

const programs = { redis: "redis-server", postgresql: "postgres" } as const

const postgresqlIn = (root: string): ReadonlyArray<string> => {
  const versions = join(root, "usr", "lib", "postgresql")
  return existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, "bin")) : []
}

/** Folders in which its program may be, with those of this machine last. */
const folders = (root: string, server: Server): ReadonlyArray<string> => {
  const path = process.env.PATH?.split(":") ?? []
  const own = join(root, server)
  return server === "redis" ? [join(own, "usr", "bin"), ...path] : [...postgresqlIn(own), ...postgresqlIn("/")]
}

/** The folder with its programs; null where there is none. */
export const binOf = (root: string, server: Server): string | null =>
  folders(root, server).find((folder) => existsSync(join(folder, programs[server]))) ?? null

/** What unpacked programs need to find the libraries that came with them. */
export const environmentOf = (root: string, server: Server): Record<string, string> => {
  const libraries = join(root, server, "usr", "lib", "x86_64-linux-gnu")
  return environment(existsSync(libraries) ? { LD_LIBRARY_PATH: libraries } : {})
}

/** Makes sure that it is there; why it can not, or null. */
export const provide = (root: string, server: Server): string | null => {
  if (binOf(root, server) !== null) return null
  const directory = join(root, server)
  mkdirSync(directory, { recursive: true })
  const run = (command: string, args: ReadonlyArray<string>): boolean =>
    spawnSync(command, [...args], { cwd: directory, env: environment(), stdio: "ignore", timeout: 300_000 }).status ===
    0
  const download = (): boolean => run("apt-get", ["download", ...packages[server]])
  if (!download() && !(run("apt-get", ["update"]) && download())) {
    return `${programs[server]} is not installed, and Debian's packages can not be had`
  }
  for (const file of readdirSync(directory).filter((name) => name.endsWith(".deb"))) {
    if (!run("dpkg", ["-x", file, "."])) return `${file} can not be unpacked`
  }
  return binOf(root, server) === null ? `${programs[server]} is not in Debian's packages` : null
}
