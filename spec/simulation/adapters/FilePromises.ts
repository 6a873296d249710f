/**
 * `node:fs/promises` in the simulation: the disk is in memory, and each operation ends when the loop lets it, in any
 * order with others, or never, when its process is killed first.
 */
import { universe } from "./Universe.ts"

export { constants } from "node:fs"

type Arguments = ReadonlyArray<unknown>

const request = (name: string, path: unknown, work: () => unknown, tear?: () => void): Promise<unknown> =>
  universe().loop.request({ kind: "disk", what: `${name} ${String(path)}` }, work, tear)

/** The operation of that name on the disk, which the compiler knows by the signature that its user expects. */
const onDisk = (name: string, args: Arguments): unknown => {
  const { disk } = universe()
  return Reflect.apply(Reflect.get(disk, `${name}Sync`), disk, args)
}

const operation =
  (name: string) =>
  (...args: Arguments): Promise<unknown> =>
    request(name, args[0], () => onDisk(name, args))

/** One that writes; of a write that is cut short the beginning is there. The content is the argument at that index. */
const writes =
  (name: string, content: number) =>
  (...args: Arguments): Promise<unknown> =>
    request(
      name,
      args[0],
      () => onDisk(name, args),
      () => onDisk(name, args.with(content, beginningOf(args[content])))
    )

const beginningOf = (content: unknown): unknown => {
  const { dice } = universe()
  if (typeof content === "string") return content.slice(0, dice.below(content.length + 1))
  return content instanceof Uint8Array ? content.subarray(0, dice.below(content.length + 1)) : content
}

export const access = operation("access")
export const appendFile = writes("appendFile", 1)
export const chmod = operation("chmod")
export const link = operation("link")
export const lstat = operation("lstat")
export const mkdir = operation("mkdir")
export const readFile = operation("readFile")
export const readdir = operation("readdir")
export const readlink = operation("readlink")
export const realpath = operation("realpath")
export const rename = operation("rename")
export const rm = operation("rm")
export const rmdir = operation("rmdir")
export const stat = operation("stat")
export const symlink = operation("symlink")
export const truncate = operation("truncate")
export const unlink = operation("unlink")
export const utimes = operation("utimes")
export const writeFile = writes("writeFile", 1)

/** What is open. A process that is killed leaves nothing behind but what it wrote. */
class Handle {
  readonly #path: unknown
  readonly fd: unknown

  constructor(path: unknown, fd: unknown) {
    this.#path = path
    this.fd = fd
  }

  #do(name: string, operation: string, ...args: Arguments): Promise<unknown> {
    return request(name, this.#path, () => onDisk(operation, [this.fd, ...args]))
  }

  #write(name: string, operation: string, data: unknown, ...rest: Arguments): Promise<unknown> {
    const write = (content: unknown): unknown => onDisk(operation, [this.fd, content, ...rest])
    return request(
      name,
      this.#path,
      () => write(data),
      () => write(beginningOf(data))
    )
  }

  chmod = (mode: unknown) => this.#do("chmod", "fchmod", mode)
  close = () => this.#do("close", "close")
  datasync = () => this.#do("datasync", "fdatasync")
  stat = () => this.#do("stat", "fstat")
  sync = () => this.#do("sync", "fsync")
  truncate = (length?: unknown) => this.#do("truncate", "ftruncate", length)
  readFile = (options?: unknown) => this.#do("read", "readFile", options)
  appendFile = (data: unknown, options?: unknown) => this.#write("append", "appendFile", data, options)
  writeFile = (data: unknown, options?: unknown) => this.#write("write", "writeFile", data, options)

  read = async (buffer: unknown, ...rest: Arguments) => ({
    bytesRead: await this.#do("read", "read", buffer, ...rest),
    buffer
  })

  write = async (data: unknown, ...rest: Arguments) => ({
    bytesWritten: await this.#write("write", "write", data, ...rest),
    buffer: data
  })
}

export const open = (path: unknown, ...rest: Arguments): Promise<unknown> =>
  request("open", path, () => new Handle(path, onDisk("open", [path, ...rest])))
