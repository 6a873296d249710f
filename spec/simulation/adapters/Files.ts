/** `node:fs` in the simulation, as far as the shell uses it outside of its promises: what the machine's programs do. */
import { universe } from "./Universe.ts"

export { constants } from "node:fs"

type Disk = ReturnType<typeof universe>["disk"]

const call =
  <
    K extends
      | "appendFileSync"
      | "closeSync"
      | "fstatSync"
      | "readFileSync"
      | "renameSync"
      | "statSync"
      | "writeFileSync"
  >(
    name: K
  ) =>
  (...args: Parameters<Disk[K]>): ReturnType<Disk[K]> =>
    Reflect.apply(universe().disk[name], universe().disk, args)

/** A supervisor's read of a small file: a step of its own, at which it can be killed. */
export const openSync = (...args: Parameters<Disk["openSync"]>): number => {
  const { disk, loop } = universe()
  loop.step({ kind: "disk", what: `open ${String(args[0])}` })
  return Reflect.apply(disk.openSync, disk, args)
}
export const closeSync = call("closeSync")
export const fstatSync = call("fstatSync")
export const readFileSync = call("readFileSync")

export const appendFileSync = call("appendFileSync")
export const renameSync = call("renameSync")
export const statSync = call("statSync")
export const writeFileSync = call("writeFileSync")
