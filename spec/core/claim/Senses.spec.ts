/** Words that decide how a sentence is read: each sentence here stands for one word or one rule. */
import { expect, it } from "vitest"
import { classify } from "../../../core/claim/index.ts"

const heard = (text: string): ReadonlyArray<string> => classify(text).map(({ verb }) => verb)
const objects = (text: string): ReadonlyArray<string | undefined> => classify(text).map(({ object }) => object)

const parts = (lines: string): ReadonlyArray<string> => lines.split("|").map((each) => each.trim())

it("CLM-2 words right behind a verb may give it another sense, and then it claims nothing", () => {
  const senses: ReadonlyArray<readonly [verb: string, behind: string]> = [
    [
      "push",
      `back | it back | this back | that back | for a review | through the list | against the limit
      | forward with the plan | ahead with the plan | along with the plan | past the limit | aside the doubts
      | away the doubts | harder | towards a release | on with the work | to get it approved | to have it approved
      | to make it faster | to finish it | me to it | you to it | myself | ourselves to it | yourself`
    ],
    [
      "revert",
      "to you | to him | to her | to them | to everyone | back to you | back to them | with details | by Friday"
    ],
    ["fix", "in mind what it is | to the wall | you a drink | me a drink"]
  ]
  for (const [verb, behind] of senses) {
    for (const words of parts(behind)) expect([words, heard(`I'll ${verb} ${words}.`)]).toEqual([words, []])
  }
  for (const text of ["I'll push on main.", "I'll push it forward.", "I'll push to origin."]) {
    expect([text, heard(text)]).toEqual([text, ["push"]])
  }
  expect(heard("I'll revert back to main.")).toEqual(["revert"])
})

it("CLM-2 with some nouns a verb means another thing, behind up to two determiners", () => {
  const nouns: ReadonlyArray<readonly [verb: string, behind: string]> = [
    [
      "push",
      `the agenda | boundaries | the button | both buttons | the date | that deadline | the envelope | the idea
      | the limit | all the limits | my luck | the meeting | a narrative | a notification | notifications | the point`
    ],
    ["merge", "the conflict | all the conflicts | the request | these requests"],
    ["fix", "dinner | lunch | the income | the price"]
  ]
  for (const [verb, behind] of nouns) {
    for (const words of parts(behind)) {
      expect([words, heard(`I'll ${verb} ${words}.`)]).toEqual([words, []])
      const renamed = words.replace(/\w+$/, "branch")
      expect([renamed, heard(`I'll ${verb} ${renamed}.`)]).toEqual([renamed, [verb]])
    }
  }
})

it("CLM-2 an answer with a sign behind it makes a bare participle a report", () => {
  const answers = `Absolutely | Ah | Aha | Agreed | Alright | Approved | Confirmed | Cool | Correct | Done | Excellent
    | Fine | Good | Got | Great | Green | Hm | Hmm | Indeed | Interesting | Meanwhile | Nice | Next | No | Now | Oh | OK
    | Okay | Oops | Passed | Perfect | Progress | Ready | Right | Roger | So | Solved | Sorry | Status | Super | Sure
    | Thanks | Then | True | Understood | Update | Well | Yeah | Yep | Yes | Yup | After that | All clear | All done
    | All good | All green | All right | And done | Fair enough | Fair point | Found it | Good call | Good catch
    | Good find | Good idea | Good point | Got it | Give me a minute | Give me a moment | Give me a second | Hold on
    | I see | In progress | In the meantime | Looks good | Makes sense | My bad | My mistake | No problem | No worries
    | Of course | Just a moment | Just a second | On it | One moment | One sec | One second | Sounds good | Sure thing
    | Tests pass | Thank you | That makes sense | To do so | Very well | Will do | You're right`
  for (const answer of parts(answers)) {
    for (const sign of [",", ";", " —"]) {
      const text = `${answer}${sign} restarting`
      expect([text, heard(text)]).toEqual([text, ["restart"]])
    }
    expect(heard(`${answer} twice, restarting`)).toEqual([])
  }
  // Behind a name a colon makes it somebody's speech.
  expect(["Update: restarting", "Bob: restarting", "The log, restarting"].map(heard)).toEqual([["restart"], [], []])
})

it("CLM-2 some openers need no sign, and go before a participle with an object", () => {
  for (const opener of ["OK", "Okay", "Alright", "So", "Then", "And", "Now", "Next", "OK so", "OK and now"]) {
    expect([opener, heard(`${opener} restarting the server`)]).toEqual([opener, ["restart"]])
    expect([opener, heard(`${opener} restarting`)]).toEqual([opener, []])
  }
  expect(heard("Yes restarting the server")).toEqual([])
})

it("CLM-2 verbs that are not tracked pass a claim on to the one behind them, in each of their forms", () => {
  const companions = `add adding added | amend amending amended | approve approving approved | build building built
    | bump bumping bumped | bundle bundling bundled | clean cleaning cleaned | commit committing committed
    | compile compiling compiled | fetch fetching fetched | finish finishing finished | format formatting formatted
    | install installing installed | pull pulling pulled | publish publishing published | rebuild rebuilding rebuilt
    | release releasing released | remove removing removed | rename renaming renamed | resolve resolving resolved
    | review reviewing reviewed | squash squashing squashed | stage staging staged | stash stashing stashed
    | stop stopping stopped | tag tagging tagged | test testing tested | update updating updated
    | verify verifying verified`
  for (const line of parts(companions)) {
    const [base = "", progressive = "", past = ""] = line.split(" ")
    const text = `I'll ${base} it and push it. I'm ${progressive} it and pushing it. I ${past} it and pushed it.`
    expect([text, heard(text)]).toEqual([text, ["push", "push", "push"]])
  }
  expect(heard("I'll read it and push it.")).toEqual([])
})

it("CLM-1 an object begins behind a particle or a direction, and holds what belongs to its noun", () => {
  const rows: ReadonlyArray<readonly [text: string, object: string | undefined]> = [
    ["I'll push up the branch.", "the branch"],
    ["I'll push out the release.", "the release"],
    ["I'll push down the filter.", "the filter"],
    ["I'll push over the branch.", "the branch"],
    ["I'll push up to main.", "main"],
    ["I'll push onto main.", "main"],
    ["I'll push on main.", "main"],
    ["I'll push into main.", "main"],
    ["I'll push from main.", "main"],
    ["I'll push to, or not.", undefined],
    ["I'll push via the hook.", undefined],
    ["I'll fix this.", "this"],
    ["I'll fix this bug.", "this bug"],
    ["I'll fix the end of that file.", "the end of that file"],
    ["I'll fix the bug in nginx.", "the bug in nginx"],
    ["I'll fix the bug for Bob.", "the bug for Bob"],
    ["I'll fix the bug at home.", "the bug"],
    ["I'll fix the bug of, well, Bob.", "the bug"],
    ["I'll fix the bug of yesterday.", "the bug"],
    ["I'll fix the bug of yesterday's release.", "the bug of yesterday's release"],
    ["I'll fix the bug of those.", "the bug of those"],
    ["I'll fix the lexer and the parser.", "the lexer and the parser"],
    ["I'll fix the lexer and leave.", "the lexer"],
    [`I'll fix the ${"x".repeat(80)} bug.`, `the ${"x".repeat(80)} bug`],
    [`I'll fix the ${"x".repeat(81)} bug.`, "the"],
    ["I'll fix a b c d e f g h i2 j k l m n.", "a b c d e f g h i2 j k l"]
  ]
  for (const [text, object] of rows) expect([text, objects(text)]).toEqual([text, [object]])
})

it("CLM-1 a time or a purpose behind a noun is no part of the object", () => {
  const ends = `for now | for good | for real | for you | for me | for us | in a while | in an hour | in one minute
    | for two days | for three days | in five hours | in ten days | in half a day | in 5 minutes | in 20m | in moment
    | in about two days | in roughly two days | in around two days | in case | in order | for sure | for every test
    | in parallel | in turn | once more | because | that broke | which broke | is | today | I see | and`
  for (const end of parts(ends)) {
    const text = `Fixed the server ${end}.`
    expect([text, objects(text)]).toEqual([text, ["the server"]])
  }
})

it("CLM-2 a past that begins a sentence reports with a direction or a manner behind it, and a noun behind that", () => {
  const behind = `to | onto | on | into | from | in | with | at | as | via | again | back`
  for (const word of parts(behind)) {
    expect([word, heard(`Deployed ${word} nginx`)]).toEqual([word, ["deploy"]])
  }
  for (const word of ["to", "onto", "on", "into", "from", "with", "as", "via"]) {
    expect([word, heard(`Deployed ${word}, nginx`)]).toEqual([word, []])
  }
  for (const word of ["by", "under", "of"]) expect([word, heard(`Deployed ${word} Bob`)]).toEqual([word, []])
})

it("CLM-2 a participle that begins a sentence reports with something definite behind it, or with a place by its name", () => {
  const reports = `it | the server | #12 | 12 commits | v1.2 | PR 7 | PR #7 | \`main\` | branch \`main\` | now | nginx now
    | server nginx now | to main | onto main | on main | into main | from main | in production
    | to origin/x | to eu-west | to eu_west | to x.y | to v2 | to \`x\` | to the fork`
  for (const words of parts(reports)) {
    expect([words, heard(`Pushing ${words}`)]).toEqual([words, ["push"]])
  }
  const others = `nginx | to nginx | with it | a | to a | nginx soon | nginx now then | one two three now | x12 | as main
    | nginx to`
  for (const words of parts(others)) {
    expect([words, heard(`Pushing ${words}`)]).toEqual([words, []])
  }
})
