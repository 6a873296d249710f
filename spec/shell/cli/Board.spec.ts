/** `drover board`, as it is typed: the built program, a supervisor that runs, and a browser that is a script. */
import { existsSync, readFileSync, statSync } from "node:fs"
import { chmod, mkdir, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { afterEach, expect, it } from "vitest"
import { visit } from "../http/Browser.ts"
import { asked } from "../http/World.ts"
import { type Site, site, type Started, until } from "./Drover.ts"
import { freePort } from "./Port.ts"

const sites = new Set<Site>()
const running = new Set<Started>()

const here = async (): Promise<Site> => {
  const found = await site()
  sites.add(found)
  return found
}

afterEach(async () => {
  for (const { child, end } of running) {
    child.kill("SIGTERM")
    await end
  }
  running.clear()
  await Promise.all([...sites].map(({ remove }) => remove()))
  sites.clear()
})

const up = async (at: Site, ...more: ReadonlyArray<string>): Promise<void> => {
  running.add(at.start(["up", ...more]))
  const isAnswering = () =>
    asked(join(at.home, "drover.sock"), "/healthz").then(
      ({ status }) => status === 200,
      () => false
    )
  await until(isAnswering)
}

/** Programs that open files, by every name that one has: they say with what they were started. */
const withBrowser = async (at: Site, script: string): Promise<Readonly<Record<string, string>>> => {
  const folder = join(at.folder, "bin")
  await mkdir(folder)
  for (const name of ["xdg-open", "open"]) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, name), 0o755)
  }
  return { PATH: `${folder}:/usr/bin:/bin` }
}

it("BRD-1 without a supervisor drover board says how one is started, and makes nothing", async () => {
  const at = await here()
  const { code, stderr, stdout } = await at.run("board")
  expect([code, stdout]).toEqual([1, ""])
  expect(stderr).toContain("no supervisor is running: drover up starts one")
  expect(existsSync(at.home)).toBe(false)
})

it("BRD-1 of any supervisor drover board prints a link that signs in once; neither it nor the token is in a log", async () => {
  const at = await here()
  await up(at)
  const { code, stdout } = await at.run("board")
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/board\/sign-in\?code=[\w-]{43}\n$/)
  ])
  const link = stdout.trim()
  expect((await visit(link)).headers.location).toMatch(/^\/#key=/)
  expect((await visit(link)).headers.location).toBe("/#refused")
  const again = await at.json("board", "--json")
  expect(again).toEqual({
    url: expect.stringContaining(`${new URL(link).origin}/board/sign-in?code=`),
    board: `${new URL(link).origin}/`,
    expires_at: expect.stringMatching(/Z$/)
  })
  const log = readFileSync(join(at.home, "supervisor.log"), "utf8")
  const token = readFileSync(join(at.home, "token"), "utf8").trim()
  for (const secret of [new URL(link).searchParams.get("code") ?? "", token]) {
    expect(log).not.toContain(secret)
    expect(JSON.stringify(again)).not.toContain(secret)
  }
  // The page that was built with the program is served, or it is said that there is none.
  const page = await asked(Number(new URL(link).port), "/", { headers: { host: new URL(link).host } })
  expect([200, 503]).toContain(page.status)
})

it("BRD-1 where a port is set the board is on that one, and --open leads a browser there by no argument", async () => {
  const at = await here()
  const port = await freePort()
  await up(at, "--listen", `127.0.0.1:${port}`)
  const environment = await withBrowser(at, 'printf "%s\\n" "$0" "$@" > "$HOME/opened"; cat "$1" > "$HOME/page"')
  const { code, stdout } = await at.start(["board", "--open"], environment).end
  const link = stdout.trim()
  expect([code, new URL(link).port]).toEqual([0, String(port)])
  const root = join(at.home, "..")
  const opened = readFileSync(join(root, "opened"), "utf8").trim().split("\n")
  expect(opened.slice(1)).toEqual([join(at.home, "board.html")])
  expect(opened.join(" ")).not.toContain("code=")
  expect(statSync(join(at.home, "board.html")).mode & 0o777).toBe(0o600)
  expect(readFileSync(join(root, "page"), "utf8")).toContain(`content="0; url=${link}"`)
})

it("BRD-1 where no browser can be opened the link is printed all the same, and why is said", async () => {
  const at = await here()
  await up(at)
  const broken = await at.start(["board", "--open"], await withBrowser(at, "exit 3")).end
  expect([broken.code, broken.stdout]).toEqual([1, expect.stringContaining("/board/sign-in?code=")])
  expect(broken.stderr).toMatch(/no browser could be opened \(.*open ended with status 3\): open the link by hand/)
  const none = await at.start(["board", "--open", "--json"], { PATH: at.folder }).end
  expect([none.code, Object.keys(JSON.parse(none.stdout))]).toEqual([1, ["url", "expires_at", "board"]])
  expect(none.stderr).toMatch(/there is no (xdg-)?open/)
})

it("BRD-1 a supervisor that knows no board, or has none now, is told of as what it is", async () => {
  const at = await here()
  await mkdir(at.home, { recursive: true })
  const answers = [
    [404, { error: "there is nothing here", code: "not_found" }, "the running supervisor is older than this program"],
    [503, { error: "port 1 is not open", code: "unavailable" }, "has no board now: port 1 is not open"]
  ] as const
  for (const [status, body, said] of answers) {
    const server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)))
    await new Promise<void>((resolve) => void server.listen(join(at.home, "drover.sock"), resolve))
    const { code, stderr } = await at.run("board")
    expect([code, stderr]).toEqual([1, expect.stringContaining(said)])
    await new Promise((resolve) => server.close(resolve))
  }
})
