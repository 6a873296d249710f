/** What takes a claim back, or leaves it one: a row for each rule of doubt and of who speaks. */
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"

const heard = (text: string): ReadonlyArray<string> => classify(text).map(({ verb }) => verb)

const parts = (lines: string): ReadonlyArray<string> => lines.split("|").map((each) => each.trim())

/** Sentences that claim a push each, and sentences that claim nothing: those for which it is otherwise are shown. */
const claims = (lines: string): void => {
  expect(parts(lines).filter((text) => heard(text).join(" ") !== "push")).toEqual([])
}
const none = (lines: string): void => {
  expect(parts(lines).filter((text) => heard(text).length > 0)).toEqual([])
}

it("CLM-2 a condition takes a claim back, and words that only look like one do not", () => {
  none(`I'll push it once it works. | I'll push it if it works. | I'll push it when it works. | I'll push it unless it fails.
    | I'll push it until it fails. | I'll push it till it fails. | I'll push it whenever it works.
    | I'll push it assuming it works. | I'll push it depending on the review. | I'll push it, otherwise it fails.
    | I'll push it after the review. | I'll push it provided that it works. | I'll push it as soon as it works.
    | I'll push it every time it works. | I'll push it each time it works. | I'll push it in case it breaks.
    | Should it fail, I'll push it. | If it works, I'll push it. | When it works, I'll push it.
    | I'll push the check if it works.`)
  claims(`I'll push it once more. | I'll push it once again. | I'll push it at once. | I'll push it once and for all.
    | I'll push it as if nothing was there. | I'm pushing it to see if it works. | I'll push it and tell me when it ends.
    | I'll push it to check if it works. | I'll push it so we know when it ends.
    | I'll push it after that. | I'll push it after this. | I'll push it after all. | I'll push it, after which it rests.
    | I'll push the provided patch. | I'll push it as soon as possible. | I'll push it soon. | I'll push it this time.
    | I'll push it many times. | I'll push it just in case it breaks. | I'll push it in case.
    | I'll push the case to main.`)
  expect(heard("I'll push it and merge it if it works.")).toEqual([])
  expect(heard("I'll push it, and if it works I'll merge it.")).toEqual(["push"])
  expect(heard("If it works I'll push it; I'll merge it.")).toEqual(["merge"])
  expect(heard("I'll merge it; I'll push it if it works.")).toEqual(["merge"])
})

it("CLM-2 another time than now takes a claim of the future back; a deadline does not", () => {
  for (const period of parts("week|month|year|time|sprint|release|quarter|iteration|round|Monday|Tuesday|Sunday")) {
    none(`I'll push it next ${period}.`)
  }
  for (const day of parts("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Mondays")) {
    none(`I'll push it on ${day}. | On ${day} I'll push it.`)
  }
  none(`I'll push it some day. | I'll push it another day. | I'll push it another time. | I'll push it some other time.
    | I'll push it from now on. | I'll push it in the future. | I'll push it in future. | I'll push it in a follow-up.
    | I'll push it in a followup. | I'll push it tomorrow. | I'll push it later. | I'll push it eventually.
    | I'll push it someday. | I'll push it sometime. | I'll push it afterwards. | Later I'll push it.
    | I'll push it, and later I'll rest.`)
  claims(`I'll push it next. | I'll push the next version. | I'll push some changes. | I'll push another fix.
    | I'll push it on main. | I'll push it now on main. | I'll push the future branch. | I'll push the follow-up.
    | I'll push it by tomorrow. | I'll push it before tomorrow. | I'll push it now; later I'll rest.
    | I pushed it on Monday. | I pushed it, the next release waits.`)
})

it("CLM-2 a doubt on either side takes a claim of the future back, one before it takes any claim back", () => {
  for (const word of parts("maybe|perhaps|possibly|probably|hopefully|presumably|potentially")) {
    none(`${word} I'll push it. | I'll push it, ${word}. | ${word} I pushed it.`)
    claims(`I pushed it, ${word}.`)
  }
  none(`According to the plan I'll push it. | I think I'll push it. | I doubt \`x\` I'll push it. | I'll push it, not now.
    | I'll push it, but not yet. | I'll push it, not today. | I'll push it, not really. | I'll push it, not anymore.
    | If I pushed it, it is there. | Unless I pushed it, it is gone. | Otherwise I pushed it.`)
  claims(`I'll push it, not Bob. | According the plan I'll push it. | I hope not, I'll push it. | I don't know, but I'll push it.
    | I don't know and I'll push it. | When it failed, I pushed it. | Once it failed, I pushed it.`)
})

it("CLM-3 what somebody said is no claim, with or without who was told; as you said is the agent's own", () => {
  none(`Bob said I'll push it. | Bob said that I'll push it. | Bob told me I'll push it. | Bob told him I'll push it.
    | Bob told Alice I'll push it. | Bob said to everyone I'll push it. | I'll push it, said Bob. | I'll push it, she wrote.
    | I'll push it — said the new reviewer. | I'll push it, said the old reviewer. | I'll push it, Bob says.`)
  claims(`As you said I'll push it. | As you said, I'll push it. | Since you asked, I'll push it.
    | Because Bob asked, I'll push it. | Bob said so; I'll push it. | Bob said no, so I'll push it.
    | I'll push it, as you said. | I'll push it, and he said yes. | I'll push it, but he said no. | I'll push it, like he said.
    | I'll push it, so he said. | I'll push it, which he said. | I'll push it, that he said.
    | I'll push it, wrote somebody of the other team. | I'll push it, said.`)
})

it("CLM-2 what only follows when something is given is no claim; a statement before it leaves it one", () => {
  none(`Say the word and I'll push it. | Give me access and I'll push it. | The token and I'll push it.
    | Let me know and I'll push it. | One more review then I'll push it. | Your approval or I'll push it.
    | Please approve and I'll push it. | OK, send it over and I'll push it. | Run the tests that passed and I'll push it.`)
  claims(`Tests pass and I'll push it. | I looked at it and I'll push it. | Let me look and I'll push it.
    | Then I'll push it. | OK, then I'll push it. | And I'll push it.
    | Bob merged and I'll push it. | The log says so and I'll push it. | The token, I'll push it.`)
})

it("CLM-2 right behind a word that makes it the background of something else a clause claims nothing", () => {
  const words =
    "if when whenever once after before until till unless whether what how where who whom while like seems appears"
  for (const word of words.split(" ")) none(`It rests ${word} I'm pushing it.`)
  claims("The job runs and I'm pushing it. | It rests, I'm pushing it.")
  none("Have I pushed it. | Had I pushed it.")
  claims("I have pushed it. | Now I've pushed it.")
})

it("CLM-3 a label with a colon is a speaker unless it heads the agent's own words", () => {
  const speakers =
    "agent ai assistant bot caller client customer developer human maintainer me moderator operator owner person " +
    "reviewer support system tester user users you"
  for (const word of speakers.split(" "))
    none(`${word}: I'll push it. | The ${word}: I'll push it. | ${word} 2: I'll push it.`)
  const heads =
    "action actions answer api app backend background bottom branch bug build cause change changes ci cleanup code " +
    "commit conclusion config correction database db decision deployment details docs documentation done edit eta " +
    "errors explanation findings finally first fix fixes follow-up frontend fyi good great headsup heads-up history however idea " +
    "important issue issues last lint line meanwhile migration nb next nit note ok okay outcome overview plan point " +
    "problem production progress proposal ps reason recap release reminder remaining result results risk root schema " +
    "second server short solution staging status step steps summary tests test then thing things third today types " +
    "ui up update verdict verification version what worker workflow"
  for (const word of heads.split(" ")) claims(`${word}: I'll push it. | The big ${word}: I'll push it.`)
  none(`Bob: I'll push it. | Bob Miller: I'll push it. | Bob the big Miller: I'll push it. | [10:42] Bob: I'll push it.
    | 10:42 Bob: I'll push it. | bob> I'll push it. | **Bob**: I'll push it. | **Bob:** I'll push it. | _Bob:_ I'll push it.
    | Assistant two: I'll push it. | 12 Bob: I'll push it.`)
  claims(`One two three four five: I'll push it. | 2026-01-01: I'll push it. | 12: I'll push it. | It is ready: I'll push it.
    | Bob of main: I'll push it. | Bob and Alice: I'll push it. | src/main.ts: I'll push it. | main.ts: I'll push it.
    | v1.2: I'll push it. | Bob works: I'll push it.`)
})

it("CLM-3 a verb of saying near the colon announces what somebody said, in its paragraph or in those that follow", () => {
  none(`The reviewer wrote: I'll push it. | Here is what he said: I'll push it. | In his words: I'll push it.
    | He said one two three four five six: I'll push it.`)
  claims(`He said one two three four five six seven: I'll push it. | ${"x".repeat(200)}: I'll push it.`)
  none(`${"x".repeat(199)}: I'll push it.`)
  for (const [text, expected] of [
    ["The user said:\n\nI'll push it.", []],
    ["The user said:\nI'll push it.", []],
    ["User:\n\nI'll push it.", []],
    ["Bob:\n\nI'll push it.", ["push"]],
    ["Plan:\n\nI'll push it.", ["push"]],
    ["The user said:\n\nI'll push it.\n\nI'll merge it.", ["merge"]],
    ["The user said:\n\nI'll push it.\n \t\nI'll merge it.", ["merge"]],
    ["The user said:\n\n- I'll push it.\n- I'll merge it.", []],
    ["The user said:\n\n- I'll push it.\n- I'll merge it.\n\nI'll rebase it.", ["rebase"]],
    ["I'll merge it. The user said: I'll push it. I'll rebase it.", ["merge"]]
  ] as const) {
    expect([text, heard(text)]).toEqual([text, expected])
  }
})

it("CLM-2 words that only resemble those of doubt decide nothing, and those of doubt do not reach further than they mean", () => {
  claims(`I'll push it next mondayish. | I'll push it next xmonday. | I'll push it next weekly. | I'll push it next biweek.
    | It should work, I'll push it. | I'll push it from main on. | Bob said foo bar I'll push it. | Subject to the plan I'll push it.
    | I'll push it, but now. | I'll push it, not nowadays. | I'll push it, not snow. | I'll push it, and he said. | I'll push it, but he said.`)
  none(`Bob has said I'll push it. | The assistant said I'll push it. | I think now I'll push it. | If it failed I pushed it.
    | Unless it failed I pushed it. | Otherwise it failed, I pushed it. | I looked; give me access and I'll push it.
    | Speedy review and I'll push it. | Let him look and I'll push it.`)
  const orders =
    "add answer approve ask call check choose comment confirm decide drop fill get give grant hand leave let " +
    "look make mark message mention paste pick ping please point post provide react reply review run say send set " +
    "share show sign tell try type unlock upload want wait write"
  for (const word of orders.split(" ")) none(`${word} what failed and I'll push it.`)
})

it("CLM-3 a speaker may have a number, a name no sign in it, and an own head no words of others", () => {
  none("Bob2: I'll push it. | Agent 22: I'll push it. | User:  \n\nI'll push it.")
  claims("Bob `x`: I'll push it. | Bob, Alice: I'll push it. | He wrote a fix: I'll push it.")
  expect(heard("Agent 22:\n\nI'll push it.")).toEqual([])
  expect(heard("Agent 2x:\n\nI'll push it.")).toEqual(["push"])
})
