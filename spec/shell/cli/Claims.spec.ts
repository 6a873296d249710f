/** What `drover claims` says of a message: typed, piped, with a topic, as a table and as JSON. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { classify, key } from "../../../core/claim/index.ts"
import { type Site, site } from "./Drover.ts"

let here: Site

beforeAll(async () => {
  here = await site()
})
afterAll(() => here.remove())

const message = 'I\u2019ll restart the server in 20 minutes. The log says "I will push it".\n\n- Merged PR #12\n'

it("CLM-2 claims prints each claim with its tense and its words, and says so where there is none", async () => {
  const { code, stderr, stdout } = await here.run("claims", message)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  const [titles, ...rows] = stdout.trimEnd().split("\n")
  expect(titles?.split(/ +/)).toEqual(["CLAIM", "TENSE", "BY", "SAID"])
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatch(/^restart +future +(?:\S+ )?\d\d:\d\d +"I\u2019ll restart the server"$/)
  expect(rows[1]).toMatch(/^merge +completed +"Merged PR #12"$/)
  expect(await here.run("claims", "Nice weather.")).toEqual({ code: 0, stdout: "nothing is claimed\n", stderr: "" })
  expect(await here.run("claims", "")).toMatchObject({ code: 0, stdout: "nothing is claimed\n" })
})

it("CLM-5 claims --topic prints the key of each claim, and --json holds all that the classifier says", async () => {
  const before = Date.now()
  const { claims, topic } = JSON.parse((await here.run("claims", message, "--topic", "#7|x", "--json")).stdout)
  const after = Date.now()
  const expected = classify(message)
  expect(topic).toBe("#7|x")
  expect(claims).toMatchObject(expected.map((claim) => ({ ...claim, key: key("#7|x", claim) })))
  expect(claims[0].text).toBe(message.slice(...(expected[0]?.span ?? [0, 0])))
  const deadline = Date.parse(claims[0].deadline) - 20 * 60_000
  expect(deadline).toBeGreaterThanOrEqual(before)
  expect(deadline).toBeLessThanOrEqual(after)
  expect(claims[1].deadline).toBeNull()
  const { stdout } = await here.run("claims", message, "--topic", "#7|x")
  for (const claim of expected) expect(stdout).toContain(key("#7|x", claim))
})

it("CLM-1 claims - reads standard input to its end, whatever it holds, with options before or behind", async () => {
  for (const args of [
    ["-", "--json"],
    ["--json", "-"]
  ]) {
    const { code, stdout } = await here.feed(message, "claims", ...args)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).claims.map(({ verb }: { verb: string }) => verb)).toEqual(["restart", "merge"])
  }
  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256)
  expect(await here.feed(bytes, "claims", "-")).toMatchObject({ code: 0, stderr: "" })
})

it("API-7 a message that begins with a dash is a message, behind -- too", async () => {
  for (const args of [["- Restarting it now"], ["--", "- Restarting it now"], ["--", "--restart: I'll restart it"]]) {
    const { code, stdout } = await here.run("claims", ...args)
    expect(code).toBe(0)
    expect(stdout).toContain("restart  future")
  }
})
