/**
 * `node:fs/promises`, with a gate before every single operation: what a bundle of the lock is built with, so that a
 * spec decides in which order the operations of several supervisors happen, and after which one of them dies.
 */
import * as files from "node:fs/promises"

export * from "node:fs/promises"

type Gate = (operation: string) => Promise<void>

let gate: Gate | null = null
const handles = new Set<files.FileHandle>()

export const setGate = (next: Gate): void => {
  gate = next
}

/** What a supervisor that died in the middle had open. */
export const closeAll = async (): Promise<void> => {
  for (const handle of handles) await handle.close()
  handles.clear()
}

const gated =
  <A extends ReadonlyArray<unknown>, B>(name: string, work: (...args: A) => Promise<B>) =>
  async (...args: A): Promise<B> => {
    await gate?.(name)
    return work(...args)
  }

/** Its methods pass the gate too. Behind one nothing is synced: no power fails there, and a disk takes its time. */
const stepped = (handle: files.FileHandle): files.FileHandle =>
  new Proxy(handle, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== "function") return method
      return gated(String(key), async (...args: ReadonlyArray<unknown>): Promise<unknown> => {
        if (key === "sync" && gate !== null) return undefined
        if (key === "close") handles.delete(target)
        return Reflect.apply(method, target, args)
      })
    }
  })

export const open = gated("open", async (...args: Parameters<typeof files.open>): Promise<files.FileHandle> => {
  const handle = await files.open(...args)
  handles.add(handle)
  return stepped(handle)
})
export const link = gated("link", files.link)
export const rename = gated("rename", files.rename)
export const rm = gated("rm", files.rm)
