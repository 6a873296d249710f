/** `node:fs/promises`, whose changes are announced. */
import { constants } from "node:fs"
import * as Real from "node:fs/promises"
import { basename } from "node:path"
import { announce } from "./Boundary.ts"

export * from "node:fs/promises"

type Arguments = ReadonlyArray<unknown>

const changing = /(?<=^drover-tree-).{6}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}|\d+/g

/** The kind of file, by its name without identifiers, digests and numbers. */
const kindOf = (path: unknown): string => basename(String(path)).replaceAll(changing, "#")

/** What lies in the folder of a landing's checks, or in its worktree, is of that landing. */
const ofLanding = (path: unknown): string | null => (/\/\d+\.l\d+(?:\/|$)/.test(String(path)) ? "landing" : null)

const announced =
  (name: string) =>
  (...args: Arguments): unknown => {
    const path = args.at(name === "link" || name === "rename" ? 1 : 0)
    announce(`${name} ${kindOf(path)}`, ofLanding(path))
    return Reflect.apply(Reflect.get(Real, name), Real, args)
  }

export const appendFile = announced("appendFile")
export const chmod = announced("chmod")
export const copyFile = announced("copyFile")
export const link = announced("link")
export const mkdir = announced("mkdir")
export const rename = announced("rename")
export const rm = announced("rm")
export const unlink = announced("unlink")
export const utimes = announced("utimes")
export const writeFile = announced("writeFile")

const isReading = (flags: unknown): boolean =>
  typeof flags === "number"
    ? (flags & (constants.O_WRONLY | constants.O_RDWR | constants.O_CREAT)) === 0
    : flags === undefined || flags === "r"

/** One that writes announces each of its writes. */
export const open = async (...args: Parameters<typeof Real.open>): Promise<Real.FileHandle> => {
  const [path, flags] = args
  if (isReading(flags)) return Real.open(...args)
  announce(`open ${kindOf(path)}`, ofLanding(path))
  const file = await Real.open(...args)
  for (const name of ["appendFile", "close", "datasync", "sync", "truncate", "write", "writeFile"]) {
    const real = Reflect.get(file, name)
    const announcing = (...rest: Arguments): unknown => {
      announce(`${name} ${kindOf(path)}`, ofLanding(path))
      return Reflect.apply(real, file, rest)
    }
    Reflect.set(file, name, announcing)
  }
  return file
}
