/** `node:fs` in the simulation, as far as the shell uses it outside of its promises: what the machine's programs do. */
import { universe } from "./Universe.ts"

export { constants } from "node:fs"

type Disk = ReturnType<typeof universe>["disk"]

const call =
  <K extends "appendFileSync" | "renameSync" | "statSync" | "writeFileSync">(name: K) =>
  (...args: Parameters<Disk[K]>): ReturnType<Disk[K]> =>
    Reflect.apply(universe().disk[name], universe().disk, args)

export const appendFileSync = call("appendFileSync")
export const renameSync = call("renameSync")
export const statSync = call("statSync")
export const writeFileSync = call("writeFileSync")
