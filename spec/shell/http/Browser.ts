/** What a browser has that has signed in to the board, and what its pages ask with it. */
import { request } from "node:http"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Link } from "../../../shell/http/api/BoardWire.ts"
import { asked, post, type Reply, type Sent, type Site } from "./World.ts"

export interface Browser {
  readonly port: number
  readonly origin: string
  readonly cookie: string
  readonly key: string
}

export const linkOf = (site: Site) =>
  Effect.map(post(site, "/api/board/links"), ({ body }) => Schema.decodeUnknownSync(Link)(body))

export const portOf = ({ url }: typeof Link.Type): number => Number(new URL(url).port)

/** Goes where the link leads. */
export const visit = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> => {
  const { host, pathname, port, search } = new URL(url)
  return asked(Number(port), pathname + search, { headers: { host, ...headers } })
}

export const signIn = (site: Site): Effect.Effect<Browser> =>
  Effect.gen(function* () {
    const link = yield* linkOf(site)
    const { headers } = yield* Effect.promise(() => visit(link.url))
    const [cookie = ""] = String(headers["set-cookie"]).split(";")
    const key = String(headers.location).replace("/#key=", "")
    return { port: portOf(link), origin: new URL(link.url).origin, cookie, key }
  })

/** What goes with what a page of the board asks. */
export const headersOf = ({ cookie, key, origin, port }: Browser): Readonly<Record<string, string>> => ({
  host: `127.0.0.1:${port}`,
  origin,
  cookie,
  "x-drover-board": key,
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors"
})

export const ask = (browser: Browser, path: string, { headers, ...sent }: Sent = {}): Promise<Reply> =>
  asked(browser.port, path, { ...sent, headers: { ...headersOf(browser), ...headers } })

/** What a page reads of the events as they happen. */
export interface Listening {
  readonly status: number
  /** What came until the stream was over, however it ended. */
  readonly over: Promise<string>
}

/** Begun when it answers. */
export const listen = (browser: Browser): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const headers = { ...headersOf(browser), accept: "text/event-stream" }
    const sent = request({ port: browser.port, path: "/api/events", agent: false, headers }, (response) => {
      let text = ""
      const over = new Promise<string>((end) => {
        response.on("error", () => {}).once("close", () => end(text))
      })
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
        resolve({ status: response.statusCode ?? 0, over })
      })
    })
    sent.once("error", reject).end()
  })

/** A page as it is built: a file that names what it loads, and what is loaded. */
export const builtPage = (folder: string): string => {
  const root = join(folder, "board")
  mkdirSync(join(root, "assets"), { recursive: true })
  writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/assets/page-1a2b.js"></script>\n')
  writeFileSync(join(root, "assets", "page-1a2b.js"), "export const page = 1\n".repeat(500))
  writeFileSync(join(root, "assets", "notes.txt"), "nothing of the page\n")
  writeFileSync(join(root, "secret.js"), "not among the assets\n")
  return root
}
