/** How a sentence is read: which verbs one lead governs, and when words that begin like a report are a subject. */
import { expect, it } from "vitest"
import { classify, Lexicon } from "../../../core/claim/index.ts"
import { sites } from "../../../core/claim/grammar/Site.ts"

const heard = (text: string): string =>
  classify(text)
    .map(({ verb }) => verb)
    .join(" ")

const parts = (lines: string): ReadonlyArray<string> => lines.split("|").map((each) => each.trim())

/** Those of the sentences that claim something else. */
const wrong = (claimed: string, lines: string): ReadonlyArray<string> =>
  parts(lines)
    .filter((text) => heard(text) !== claimed)
    .map((text) => `${text} → ${heard(text)}`)

it("CLM-1 one lead governs the verbs of its form that are joined to it, up to where the clause breaks", () => {
  expect(wrong("fix push deploy", "I'll fix it, push it and deploy it. | I'll fix, push and deploy it.")).toEqual([])
  expect(
    wrong(
      "fix push",
      `I'll fix it and push it. | I'll fix \`x\` and push it. | I'll fix (x) and push it. | I'll fix it, then push it.
      | I'll fix it and then also push it. | I'll fix the lexer, the parser and push it. | I'll fix \`a\`, \`b\` and push it.
      | I'll fix it, them and push it.`
    )
  ).toEqual([])
  expect(
    wrong(
      "fix",
      `I'll fix it; push it and deploy it. | I'll fix it: push it. | I'll fix it – push it. | I'll fix it, push it, deploy it.
      | I'll fix it because it fails and push it. | I'll fix what he broke and push it. | I'll fix what is broken and push it.
      | I'll fix what Bob said and push it. | I'll fix the job that fails and push it. | I'll fix it to push and merge it.
      | I'll fix the push and merge hooks. | I'll fix nginx, apache and push it. | I'll fix it, pushing it.`
    )
  ).toEqual([])
})

it("CLM-2 an auxiliary without its own subject is the agent's as long as nobody else was named", () => {
  expect(
    wrong("push", "I'm here and will push it. | We looked and will push it. | I looked and gonna push it.")
  ).toEqual([])
  expect(
    wrong(
      "",
      `Bob is here and will push it. | I said it and they will push it. | I'm here; and will push it.
      | I know the job that runs and will push it. | I wait because it runs and will push it. | I looked, will push it.`
    )
  ).toEqual([])
})

it("CLM-2 up to two adverbs stand before a verb, and `go ahead and` counts as one", () => {
  expect(
    wrong(
      "push",
      `I'll now push it. | I'll now also push it. | I'll go ahead and push it. | I went ahead and pushed it.
      | I've gone ahead and pushed it. | I'm going ahead and pushing it. | I'll now go ahead and push it.
      | I will now push it. | I'm now pushing it. | I am now pushing it. | I'll be pushing it. | I'll now be pushing it.
      | I'm going to push it. | I'm about to push it. | I'm gonna push it. | We are going to push it. | We're pushing it.
      | Will push it. | Going to push it. | About to push it. | Gonna push it. | I have now pushed it. | We've pushed it.
      | OK let me push it. | Sure, let me push it. | Let me push it. | And let me push it. | Now let me push it.
      | Yes let me push it. | Here let me push it. | Alright let me push it. | Okay let me push it.`
    )
  ).toEqual([])
  expect(
    wrong(
      "",
      `I'll now then also push it. | I'll go ahead then push it. | I'll go beyond and push it. | I'm going past push it.
      | Please let me push it. | They let me push it. | Bob lets me push it. | Let him push it. | Books let me push it.
      | I'm about push it. | I'll be push it. | I'll pushing it. | I have push it. | I'm pushed it. | You will push it.`
    )
  ).toEqual([])
})

it("CLM-2 a participle whose words have a finite verb behind them is a subject, and so claims nothing", () => {
  expect(
    wrong(
      "",
      `Restarting the server is risky. | Restarting the server takes time. | Restarting the server clears nginx.
      | Restarting the server clears \`x\`. | Restarting the server required nginx. | Restarting it clears.
      | Restarting the server \`x\` is risky. | Restarting the server (x) is risky. | Restarting the server and nginx is risky.
      | Restarting the server unlocked it. | Restarting the server of nginx is risky. | Restarting it this failed.
      | Restarting that server, is it safe? | Restarting the server that crashed is risky. | Restarting the server clears that up.`
    )
  ).toEqual([])
  expect(
    wrong(
      "restart",
      `Restarting the server. | Restarting the server you found. | Restarting the failed jobs. | Restarting a newly added test.
      | Restarting the servers. | Restarting the servers now. | Restarting the servers on main. | Restarting the class files.
      | Restarting the server for tests nginx. | Restarting the server with unlocked doors. | Restarting the server just unlocked.
      | Restarting the server feed now. | Restarting the server shed. | Restarting the server embed. | Restarting the server hundred.
      | Restarting the server and will report back. | Restarting the server and I know. | Restarting the server, it is down.
      | Restarting the server because it is down. | Restarting the servers that fail. | Restarting the server pushed by Bob.
      | Restarting the servers and nginx. | Restarting the servers we know.`
    )
  ).toEqual([])
})

it("CLM-2 what opens a sentence may be in brackets, and comes in a few phrases at most", () => {
  expect(
    wrong(
      "restart",
      `(Restarting the server.) | OK, done, restarting the server. | OK, done, yes, sure, restarting the server.
      | So, restarting. | OK — restarting. | OK: restarting. | OK; restarting.`
    )
  ).toEqual([])
  expect(wrong("", "OK, done, yes, sure, fine, restarting. | Bob, restarting. | OK restarting.")).toEqual([])
})

it("CLM-2 nothing that is done to nothing is done", () => {
  expect(
    wrong("", "I'll push nothing. | I pushed no branch. | I've pushed none. | I'll push neither. | I'll push nobody.")
  ).toEqual([])
})

it("CLM-1 only where a tracked verb stands behind what may come before it must a sentence be read", () => {
  const found = (text: string): ReadonlyArray<number> => sites(text, Lexicon.standard)
  const rows: ReadonlyArray<readonly [text: string, offsets: ReadonlyArray<number>]> = [
    ["push", [0]],
    ["I'll push it", [5]],
    ["I’ll push it and merge it", [5, 17]],
    ["to push", [3]],
    ["now pushing", [4]],
    ["nginx push", []],
    ["nginx\npush", [6]],
    ["nginx\n  push", [8]],
    ["nginx  push", []],
    ["nginx, push", [7]],
    [". push", [2]],
    ["(push)", [1]],
    ["**push**", [2]],
    ["a--push", [3]],
    ["a-push", []],
    ["’push", []],
    ["xpush pushx", []],
    ["pushpush", []],
    ["re-run", [0]],
    ["I'll re-run", [5]],
    ["we push", [3]],
    ["you push", []],
    [`${"x".repeat(45)} push`, []],
    [`${"x".repeat(45)}push`, []],
    [`push${"x".repeat(45)}`, []],
    ["PUSH Push", [0]],
    ["commit", []],
    ["I'll push", [5]],
    ["", []]
  ]
  for (const [text, offsets] of rows) expect([text, found(text)]).toEqual([text, offsets])
})
