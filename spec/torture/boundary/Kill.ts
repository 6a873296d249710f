/** `process.kill`, announced where it sends a signal. */
import { boundary } from "./Boundary.ts"

const { kill } = process

export const announcedKill = (pid: number, signal?: NodeJS.Signals | number): boolean => {
  if (signal !== 0) boundary(`kill ${signal}`)
  return kill.call(process, pid, signal)
}
