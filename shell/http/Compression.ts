/** Answers made smaller, for those who say that they can read that; off the loop. */
import type { IncomingMessage } from "node:http"
import { promisify } from "node:util"
import { gzip } from "node:zlib"

/** Bytes under which it is not worth the while. */
const least = 2048
/** What takes longer saves little more. */
const level = 4

const compress = promisify(gzip)

/** Whether who asks reads gzip. */
export const isWanted = ({ headers }: Pick<IncomingMessage, "headers">): boolean =>
  String(headers["accept-encoding"] ?? "")
    .split(",")
    .some((each) => {
      const [name = "", quality = "q=1"] = each.split(";").map((part) => part.trim().toLowerCase())
      return (name === "gzip" || name === "*") && Number(quality.replace("q=", "")) > 0
    })

/** The same bytes compressed; null where that is not worth the while. */
export const compressed = async (bytes: Uint8Array): Promise<Buffer | null> => {
  if (bytes.length < least) return null
  const smaller = await compress(bytes, { level })
  return smaller.length < bytes.length ? smaller : null
}
