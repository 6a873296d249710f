/** How a message is written decides nothing but where its sentences and words end. */
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"

const heard = (text: string): ReadonlyArray<string> => classify(text).map(({ verb }) => verb)

it("CLM-4 a hyphen is a hyphen however it is typed", () => {
  for (const hyphen of ["-", "‐", "‑"]) {
    expect([hyphen, heard(`I'll re${hyphen}run the tests.`)]).toEqual([hyphen, ["rerun"]])
    expect([hyphen, heard(`Heads${hyphen}up: I'll push it.`)]).toEqual([hyphen, ["push"]])
  }
})

it("CLM-4 a sentence ends with the signs of any script", () => {
  for (const sign of [". ", "! ", "? ", "… ", "。 ", "！ ", "？ "]) {
    expect([sign, heard(`Done${sign}Restarting the server.`)]).toEqual([sign, ["restart"]])
  }
})

it("CLM-4 a line that was wrapped goes on in the next one, a short one has ended", () => {
  const short = "This is all that the log says"
  const wrapped = `${short} about the node that was down this morning`
  expect([short.length < 60, wrapped.length >= 60]).toEqual([true, true])
  expect(heard(`${short}\nRestarting the server.`)).toEqual(["restart"])
  expect(heard(`${wrapped}\nRestarting the server.`)).toEqual([])
})

it("CLM-4 an address is one word, whatever it is made of", () => {
  expect(heard("I'll push https://example.org/I'll-merge/now;x=1, then restart it.")).toEqual(["push", "restart"])
  expect(classify("I'll push https://example.org/a?b=c&d now.")).toMatchObject([
    { object: "https://example.org/a?b=c&d" }
  ])
})

it("CLM-3 what follows a prompt is somebody's; a sign between numbers is no prompt, and a colon behind one no speaker", () => {
  expect(heard("bob> I'll push it: it is ready.")).toEqual([])
  expect(heard("2 > 1, so I'll push it.")).toEqual(["push"])
})

it("CLM-3 a code span that is not closed in its paragraph takes nothing from the next one", () => {
  expect(heard("It said `oops.\n\nI'll push `main`.")).toEqual(["push"])
})

it("CLM-2 an auxiliary without its subject claims nothing by itself", () => {
  expect(heard("Will see what happens.")).toEqual([])
  expect(heard("Will the push help?")).toEqual([])
  expect(heard("Going to lunch; I'll push it.")).toEqual(["push"])
})
