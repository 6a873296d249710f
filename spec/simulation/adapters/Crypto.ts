/** `node:crypto` in the simulation: the same names for the same seed. */
import { universe } from "./Universe.ts"

export { createHash } from "node:crypto"

export const randomBytes = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => universe().dice.below(256)))

export const randomUUID = (): string => {
  const hex = randomBytes(16).toString("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
