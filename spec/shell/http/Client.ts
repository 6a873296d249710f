/** Asks a server on a Unix socket or a port of this machine, over few connections. */
import { Agent, request } from "node:http"

export interface Answer {
  readonly status: number
  readonly body: { readonly [key: string]: unknown }
}

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** Fails where nobody answers. */
export const ask = (
  at: string | number,
  path: string,
  body: string | Buffer,
  { headers = {}, method = "POST" }: Asked = {}
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const place = typeof at === "string" ? { socketPath: at } : { host: "127.0.0.1", port: at }
    const asked = request({ ...place, path, method, agent, headers }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("error", reject)
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) })
      )
    })
    asked.once("error", reject)
    asked.end(body)
  })
