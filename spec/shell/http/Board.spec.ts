/** The board from outside: signing in, what is refused, and the page. A real socket, a real port, a real store. */
import { readFileSync } from "node:fs"
import { get } from "node:http"
import { gunzipSync } from "node:zlib"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import * as BoardWire from "../../../shell/http/api/BoardWire.ts"
import { folder } from "../process/World.ts"
import { ask, builtPage, headersOf, linkOf, portOf, signIn, visit } from "./Browser.ts"
import { one, problemOf, withTasks, written } from "./Tasks.ts"
import { asked, freePort, json, post, serving } from "./World.ts"

const rawBytes = (socketPath: string, path: string, headers: Readonly<Record<string, string>>) =>
  new Promise<{ readonly encoding: string | undefined; readonly bytes: Buffer }>((resolve, reject) => {
    get({ socketPath, path, headers, agent: false }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("end", () =>
        resolve({ encoding: response.headers["content-encoding"], bytes: Buffer.concat(chunks) })
      )
    }).once("error", reject)
  })

const promised = <A>(work: () => Promise<A>) => Effect.promise(work)

it.scopedLive(
  "BRD-1 a link signs one browser in, once, on a port that is opened for it; the token is in none of it",
  () =>
    Effect.gen(function* () {
      const site = yield* withTasks
      const link = yield* linkOf(site)
      const token = readFileSync(site.places.token, "utf8").trim()
      expect(new URL(link.url).hostname).toBe("127.0.0.1")
      expect(link.board).toBe(`${new URL(link.url).origin}/`)
      // Previews, pictures and frames of other pages use nothing up, and neither does asking for the head alone.
      for (const headers of [
        { purpose: "prefetch" },
        { "sec-purpose": "prefetch;prerender" },
        { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
        { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }
      ]) {
        expect((yield* promised(() => visit(link.url, headers))).status).toBe(403)
      }
      const { pathname, search } = new URL(link.url)
      const host = `127.0.0.1:${portOf(link)}`
      expect(
        (yield* promised(() => asked(portOf(link), pathname + search, { method: "HEAD", headers: { host } }))).status
      ).toBe(403)
      const foreign = { headers: { host: "evil.example" } }
      expect((yield* promised(() => asked(portOf(link), pathname + search, foreign))).status).toBe(403)
      const first = yield* promised(() =>
        visit(link.url, { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "none" })
      )
      expect([first.status, first.headers.location]).toEqual([303, expect.stringMatching(/^\/#key=[\w-]{43}$/)])
      const cookie = String(first.headers["set-cookie"])
      expect(cookie).toMatch(
        new RegExp(`^drover-board-${portOf(link)}=[\\w.-]+; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict$`)
      )
      expect(first.headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
      const second = yield* promised(() => visit(link.url))
      expect([second.status, second.headers.location, second.headers["set-cookie"]]).toEqual([
        303,
        "/#refused",
        undefined
      ])
      expect(JSON.stringify([link, first, second])).not.toContain(token)
      // The next link is for the same port.
      expect(portOf(yield* linkOf(site))).toBe(portOf(link))
    })
)

it.scopedLive(
  "BRD-2 a page that has signed in reads and changes; with half of its session, or of elsewhere, nobody does",
  () =>
    Effect.gen(function* () {
      const site = yield* withTasks
      const browser = yield* signIn(site)
      const read = yield* promised(() => ask(browser, "/api/board"))
      expect([read.status, JSON.parse(read.text).cards.length]).toEqual([200, 3])
      const frozen = yield* promised(() => ask(browser, "/api/tasks/1/freeze", { body: "{}" }))
      expect(frozen.status).toBe(200)
      const other = yield* signIn(site)
      const before = yield* written(site)
      const all = headersOf(browser)
      const without = (...names: ReadonlyArray<string>) =>
        Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)))
      const form = { "content-type": "application/x-www-form-urlencoded" }
      const refused: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, number]> = [
        ["the cookie alone, as a form of another page sends it", { ...without("x-drover-board"), ...form }, 401],
        ["the cookie alone", without("x-drover-board"), 401],
        ["the key alone", without("cookie"), 401],
        ["the cookie of one session and the key of another", { ...all, "x-drover-board": other.key }, 401],
        ["an empty key", { ...all, "x-drover-board": "" }, 401],
        ["a page of another port", { ...all, origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }, 403],
        ["a page that says it is same-site", { ...all, "sec-fetch-site": "same-site" }, 403],
        ["a page of another site", { ...all, origin: "https://evil.example", "sec-fetch-site": "cross-site" }, 403],
        ["a page without an origin", { ...all, origin: "null" }, 403],
        ["another name of this machine", { ...all, host: `localhost:${browser.port}` }, 403],
        ["another name", { ...all, host: "evil.example", origin: "http://evil.example" }, 403],
        ["a wrong token beside a session", { ...all, authorization: "Bearer x" }, 401]
      ]
      for (const [what, headers, status] of refused) {
        for (const [path, body] of [
          ["/api/board", undefined],
          ["/api/events", undefined],
          ["/api/tasks/1/unfreeze", "{}"],
          ["/api/tasks", JSON.stringify(one)],
          ["/api/drain", "{}"]
        ] as const) {
          const sent = { headers, ...(body === undefined ? {} : { body }) }
          const answer = yield* promised(() => asked(browser.port, path, sent))
          expect([what, path, answer.status]).toEqual([what, path, status])
          expect(answer.headers).not.toHaveProperty("access-control-allow-origin")
        }
      }
      // A browser asks first whether a page of elsewhere may send the header: nobody says yes.
      const preflight = {
        method: "OPTIONS",
        headers: { ...without("cookie", "x-drover-board"), "sec-fetch-site": "cross-site" }
      }
      const answer = yield* promised(() => asked(browser.port, "/api/tasks/1/unfreeze", preflight))
      expect([answer.status, answer.headers["access-control-allow-headers"]]).toEqual([401, undefined])
      // What is not for pages is not for this one either.
      for (const path of ["/hooks/Stop", "/api/board/links", "/action-claim/observe"]) {
        const closed = yield* promised(() => ask(browser, path, { body: "{}" }))
        expect([path, closed.status, problemOf(JSON.parse(closed.text)).code]).toEqual([path, 403, "forbidden"])
      }
      expect(yield* written(site)).toBe(before)
      expect(yield* site.store.isDraining).toBe(false)
    })
)

it.scopedLive(
  "BRD-1 a session outlives its supervisor on the same port, and ends when its page or its token says so",
  () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const site = yield* serving({ host: "127.0.0.1", port })
      const one = yield* signIn(site)
      const two = yield* signIn(site)
      expect(one.port).toBe(port)
      const status = (browser: typeof one) =>
        Effect.map(
          promised(() => ask(browser, "/healthz")),
          ({ status }) => status
        )
      yield* site.restart
      yield* Effect.repeat(Effect.either(linkOf(site)), { until: ({ _tag }) => _tag === "Right" })
      expect([yield* status(one), yield* status(two)]).toEqual([200, 200])
      const foreign = { method: "POST", headers: { origin: "http://evil.example" } }
      expect((yield* promised(() => ask(one, "/board/sign-out", foreign))).status).toBe(403)
      expect(yield* status(one)).toBe(200)
      const out = yield* promised(() => ask(one, "/board/sign-out", { method: "POST" }))
      expect([out.status, out.headers["set-cookie"]]).toEqual([204, [expect.stringContaining("Max-Age=0")]])
      expect([yield* status(one), yield* status(two)]).toEqual([401, 200])
    })
)

it.scopedLive("BRD-1 where the port that is wanted is another's, who asks for a link is told so", () =>
  Effect.gen(function* () {
    const other = yield* serving()
    const taken = portOf(yield* linkOf(other))
    const site = yield* serving({ host: "127.0.0.1", port: taken })
    const answer = yield* post(site, "/api/board/links")
    expect([answer.status, problemOf(answer.body).error]).toEqual([
      503,
      expect.stringContaining(`port ${taken} is not open`)
    ])
  })
)

it.scopedLive(
  "BRD-3 the page and what it loads is served to anybody, compressed, with a policy that lets nothing else in",
  () =>
    Effect.gen(function* () {
      const site = yield* serving(null, "", builtPage(yield* folder))
      const link = yield* linkOf(site)
      const host = `127.0.0.1:${portOf(link)}`
      const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
        promised(() => asked(portOf(link), path, { headers: { host, ...headers } }))
      const page = yield* get("/")
      expect(page.text).toContain("/assets/page-1a2b.js")
      const policy = String(page.headers["content-security-policy"])
      const rules = new Map(policy.split("; ").map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1).join(" ")]))
      expect(Object.fromEntries(rules)).toEqual({
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'"
      })
      expect(page.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin"
      })
      for (const path of ["/board", "/board/tasks/7", "/board/../board/x", "/?x=1"]) {
        expect([path, (yield* get(path)).text]).toEqual([path, page.text])
      }
      const script = yield* get("/assets/page-1a2b.js")
      expect(script.headers).toMatchObject({
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "public, max-age=31536000, immutable"
      })
      expect(script.headers["content-security-policy"]).toBe(policy)
      const small = yield* get("/assets/page-1a2b.js", { "accept-encoding": "br, gzip" })
      expect([small.headers["content-encoding"], small.headers.vary]).toEqual(["gzip", "accept-encoding"])
      expect(Number(small.headers["content-length"])).toBeLessThan(Number(script.headers["content-length"]) / 5)
      const etag = String(page.headers.etag)
      expect((yield* get("/", { "if-none-match": etag })).status).toBe(304)
      for (const path of [
        "/assets/notes.txt",
        "/assets/../secret.js",
        "/assets/%2e%2e/secret.js",
        "/assets/..%2fsecret.js",
        "/assets/",
        "/favicon.ico"
      ]) {
        expect([path, (yield* get(path)).status]).toEqual([path, 404])
      }
      expect((yield* get("/secret.js")).status).toBe(401)
      expect((yield* get("/", { host: "evil.example" })).status).toBe(403)
      expect((yield* promised(() => asked(portOf(link), "/", { body: "{}", headers: { host } }))).status).toBe(405)
    })
)

it.scopedLive("BRD-3 where no page was built that is said, and asked for again it is there", () =>
  Effect.gen(function* () {
    const path = yield* folder
    const site = yield* serving(null, "", `${path}/board`)
    const link = yield* linkOf(site)
    const headers = { host: `127.0.0.1:${portOf(link)}` }
    const page = () => promised(() => asked(portOf(link), "/", { headers }))
    expect((yield* page()).status).toBe(503)
    builtPage(path)
    expect((yield* page()).status).toBe(200)
  })
)

it.scopedLive("BRD-1 neither a code nor a key nor a cookie is in a log, whatever is asked", () =>
  Effect.gen(function* () {
    const said: Array<string> = []
    const logger = Logger.make(({ annotations, cause, message }) => {
      said.push(JSON.stringify([message, String(cause), HashMap.toEntries(annotations)]))
    })
    yield* Effect.gen(function* () {
      const site = yield* withTasks
      const link = yield* linkOf(site)
      const browser = yield* signIn(site)
      yield* promised(() => visit(link.url))
      yield* promised(() => visit(link.url))
      yield* promised(() => ask(browser, "/api/board?since=x"))
      yield* promised(() => ask(browser, "/nowhere", { headers: { cookie: `${browser.cookie}x` } }))
      yield* Effect.logInfo("it logs")
      yield* site.stop
      expect(said.join("\n")).toContain("it logs")
      const code = new URL(link.url).searchParams.get("code") ?? ""
      for (const secret of [code, browser.key, browser.cookie.split("=")[1] ?? ""]) {
        expect(said.join("\n")).not.toContain(secret)
      }
    }).pipe(Effect.provide(Logger.add(logger)))
  })
)

it.scopedLive(
  "BRD-4 the board is what its schema says, compressed for who reads that, and by its cursor only what is another",
  () =>
    Effect.gen(function* () {
      const site = yield* withTasks
      const decode = Schema.decodeUnknownSync(BoardWire.Board, { onExcessProperty: "error" })
      const all = decode((yield* json(site, "/api/board")).body)
      expect([all.is_whole, all.cards.map(({ id }) => id), all.seq]).toEqual([true, [1, 2, 3], yield* written(site)])
      yield* post(site, "/api/tasks/2/block", { reason: `${"no ".repeat(300)}<script>alert(1)</script>` })
      const changed = decode((yield* json(site, `/api/board?since=${all.cursor}`)).body)
      expect([changed.is_whole, changed.cards.map(({ id }) => id)]).toEqual([false, [2]])
      const [card] = changed.cards
      expect(card).toMatchObject({ badge: "blocked", column: "backlog", is_held: true, state: "NEEDS_HUMAN" })
      expect(card?.needs_person?.length).toBe(400)
      const headers = { "accept-encoding": "gzip" }
      const raw = yield* promised(() => rawBytes(site.places.socket, "/api/board", headers))
      expect(raw.encoding).toBe("gzip")
      for (const coding of ["gzip;q=0", "br", ""]) {
        const plain = yield* promised(() => rawBytes(site.places.socket, "/api/board", { "accept-encoding": coding }))
        expect([coding, plain.encoding]).toEqual([coding, undefined])
      }
      expect(decode(JSON.parse(gunzipSync(raw.bytes).toString())).cards.length).toBe(3)
      yield* post(site, "/api/tasks/2/cancel")
      yield* post(site, "/api/tasks/2/archive")
      const gone = decode((yield* json(site, `/api/board?since=${changed.cursor}`)).body)
      expect([gone.cards, gone.gone]).toEqual([[], [2]])
      const long = yield* json(site, `/api/board?since=${"x".repeat(101)}`)
      expect([long.status, problemOf(long.body).fields?.[0]?.field]).toEqual([400, "since"])
      const history = (yield* json(site, "/api/fleet/history?hours=6")).body
      expect(Schema.decodeUnknownSync(BoardWire.History, { onExcessProperty: "error" })(history)).toMatchObject({
        samples: []
      })
      expect((yield* json(site, "/api/fleet/history?hours=7")).status).toBe(400)
    })
)
