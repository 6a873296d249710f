/** The body of a request, whole and in memory, up to a limit. */
import type { IncomingMessage } from "node:http"

/** `over` the limit, or its client went away in the middle: nothing of it counts. */
export type Body =
  | { readonly _tag: "Whole"; readonly text: string }
  | { readonly _tag: "Over" }
  | { readonly _tag: "Broken" }

/** Bytes that are not UTF-8 become U+FFFD. `use` is called once. */
export const read = (request: IncomingMessage, limit: number, use: (body: Body) => void): void => {
  const chunks: Array<Buffer> = []
  let bytes = 0
  let isOver = false
  const end = (body: Body): void => {
    if (isOver) return
    isOver = true
    use(body)
  }
  if (Number(request.headers["content-length"] ?? 0) > limit) return end({ _tag: "Over" })
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > limit) return end({ _tag: "Over" })
    if (!isOver) chunks.push(chunk)
  })
  request.once("end", () => end({ _tag: "Whole", text: Buffer.concat(chunks).toString("utf8") }))
  request.once("close", () => end({ _tag: "Broken" }))
}
