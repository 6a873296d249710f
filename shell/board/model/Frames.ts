/** Server-sent events out of a stream of text that may be cut anywhere (HTML Standard, 9.2.6). */

export interface Frame {
  readonly id: string
  readonly data: string
}

export interface Reader {
  /** What has come of the line under way. */
  readonly rest: string
  readonly id: string
  readonly data: ReadonlyArray<string>
}

export const begin: Reader = { rest: "", id: "", data: [] }

/** Frames that are whole now, and what is kept for the next piece. A comment is no frame. */
export const read = (
  reader: Reader,
  piece: string
): { readonly reader: Reader; readonly frames: ReadonlyArray<Frame> } => {
  const text = reader.rest + piece
  // A carriage return at the end may be half of a line end.
  const isHalf = text.endsWith("\r")
  const lines = (isHalf ? text.slice(0, -1) : text).split(/\r\n|\n|\r/)
  const last = lines.pop() ?? ""
  const frames: Array<Frame> = []
  let { id } = reader
  let data = [...reader.data]
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0) frames.push({ id, data: data.join("\n") })
      data = []
      continue
    }
    const at = line.indexOf(":")
    const name = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? "" : line.slice(at + 1).replace(/^ /, "")
    if (name === "data") data.push(value)
    if (name === "id" && !value.includes("\0")) id = value
  }
  return { reader: { rest: isHalf ? `${last}\r` : last, id, data }, frames }
}
