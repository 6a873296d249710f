/** A real Chromium, and the page in it, signed in as a person is: by a link that a supervisor gave. */
import { execFileSync } from "node:child_process"
import { accessSync, constants, readdirSync, statSync } from "node:fs"
import { delimiter, join, resolve } from "node:path"
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core"
import { type Site, type Started, until } from "../shell/cli/Drover.ts"
import { freePort } from "../shell/cli/Port.ts"
import { asked } from "../shell/http/World.ts"

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const found = (): string | null => {
  const named = process.env.DROVER_CHROMIUM
  if (named !== undefined && named !== "") return named
  const folders = (process.env.PATH ?? "").split(delimiter)
  const names = ["chromium", "chromium-browser", "google-chrome"]
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null
}

const program = found()

/** Why specs in a browser are not run, or null. */
export const missing =
  program === null ? "not run, for no Chromium is installed (Debian's package chromium, or DROVER_CHROMIUM)" : null
if (missing !== null) console.log(missing)

const root = resolve(import.meta.dirname, "../..")

/** Built anew where something of it is newer; who runs `npm test` has just built it. */
const buildPage = (): void => {
  const folder = join(root, "shell/board")
  const newest = Math.max(
    ...readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => statSync(join(folder, name)).mtimeMs)
  )
  const page = statSync(join(root, "dist/board/index.html"), { throwIfNoEntry: false })
  if (page !== undefined && page.mtimeMs >= newest) return
  execFileSync(process.execPath, ["shell/board/build.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
}

export const launch = (args: ReadonlyArray<string> = []): Promise<Browser> => {
  buildPage()
  // Who runs specs in a container is root there, and Chromium's sandbox refuses root.
  return chromium.launch({ executablePath: program ?? "", args: ["--no-sandbox", "--disable-gpu", ...args] })
}

export interface Served {
  readonly up: Started
  readonly origin: string
  readonly port: number
}

/** A supervisor of that site, which can be asked on a port. */
export const serve = async (site: Site, port?: number): Promise<Served> => {
  const chosen = port ?? (await freePort())
  const up = site.start(["up", "--listen", `127.0.0.1:${chosen}`])
  const socket = join(site.home, "drover.sock")
  await until(async () => {
    if (up.child.exitCode !== null) throw new Error(`no supervisor: ${(await up.end).stderr}`)
    return (await asked(socket, "/healthz").catch(() => null))?.status === 200
  })
  return { up, origin: `http://127.0.0.1:${chosen}`, port: chosen }
}

/** A link that lets one browser in. */
export const link = async (site: Site): Promise<string> => {
  const { text } = await asked(join(site.home, "drover.sock"), "/api/board/links", { method: "POST" })
  const body: unknown = JSON.parse(text)
  if (typeof body === "object" && body !== null && "url" in body && typeof body.url === "string") return body.url
  throw new Error(`no link: ${text}`)
}

export interface Opened {
  readonly context: BrowserContext
  readonly page: Page
  /** What went wrong in the page, and what it asked of others. */
  readonly troubles: Array<string>
}

/** Milliseconds after which what was waited for does not come any more. */
const patience = 10_000

type Options = NonNullable<Parameters<Browser["newContext"]>[0]>

/** A page that has signed in. */
export const open = async (browser: Browser, site: Site, options: Options = {}): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  const troubles: Array<string> = []
  const url = await link(site)
  const { origin } = new URL(url)
  page.on("pageerror", (error) => troubles.push(`${error.name}: ${error.message}`))
  // A server that is away is no trouble of the page.
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push(message.text())
  })
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) troubles.push(`asked ${request.url()}`)
  })
  await page.goto(url)
  await page.getByText("live", { exact: true }).waitFor()
  return { context, page, troubles }
}

/** Of a page that asks for nothing yet: how many streams of events it has open, and has had. */
export const streams = (page: Page): { readonly open: () => number; readonly all: () => number } => {
  const open = new Set<Request>()
  let all = 0
  page.on("request", (request) => {
    if (!new URL(request.url()).pathname.endsWith("/api/events")) return
    all += 1
    open.add(request)
  })
  const ended = (request: Request): void => void open.delete(request)
  page.on("requestfinished", ended).on("requestfailed", ended)
  return { open: () => open.size, all: () => all }
}
