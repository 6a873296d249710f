/**
 * What agents write at the end of a turn: reports of about 2 KB. Some promise something, most tell what was done and
 * seen, as a day of sessions looks. And texts that are made to be slow.
 */

const reports: ReadonlyArray<string> = [
  "The parser now keeps the position of every token, so that the error of a trailing comma names its line and column.",
  "I read `src/parser/lexer.ts` and the three specs beside it; the second one compares the whole message, the others a part.",
  "The failing test was right: an empty list was taken for a missing one, and the default replaced it.",
  "There are two callers of `parseList`. The one in the formatter passes no options, which is why nobody saw this before.",
  "All 214 tests pass on this machine in 11.4 s; the linter has nothing to say, and the type checker neither.",
  "One thing is worth a look: the benchmark in `bench/lists.ts` reads the fixture twice, so its figure is too high.",
  "The change is three files and forty lines. Nothing outside the package imports what was renamed.",
  "Note that the schema of the cache has a version; a cache of the old version is thrown away at the first start.",
  'The documentation said "commas are optional", which was never true for the last element of a call.',
  "If you would rather keep the old message, the flag is read in one place and can be turned round there.",
  "The log shows the request at 14:05:22 and the answer at 14:05:23, so the time-out can not be the reason.",
  "```ts\nexport const parseList = (text: string, options: Options = defaults) => parse(list, text, options)\n```"
]

const promises: ReadonlyArray<string> = [
  "I'll push the branch now.",
  "Let me rerun the integration tests.",
  "I've fixed the off-by-one in the lexer and I'm going to redeploy staging.",
  "Restarting the dev server now."
]

const turnBytes = 2048

/** The report that begins at a place of the list, with a promise at its end if it is to have one. */
const turn = (index: number, promise: string | null): string => {
  const end = promise === null ? "" : `\n\n${promise}`
  let text = ""
  for (let place = index; text.length < turnBytes - end.length; place++) {
    text += `${text === "" ? "" : place % 3 === 0 ? "\n\n" : " "}${reports[place % reports.length] ?? ""}`
  }
  return text.slice(0, turnBytes - end.length) + end
}

/** A day of turns: one in four ends with a promise. */
export const turns: ReadonlyArray<string> = Array.from({ length: 48 }, (_, index) =>
  turn(index, index % 4 === 0 ? (promises[(index / 4) % promises.length] ?? null) : null)
)

const nearMisses: ReadonlyArray<string> = [
  "I'll push ",
  "I'll push the the ",
  "Restarting the ",
  "go ahead and I'll ",
  "I will not push ",
  "\"I'll push ",
  "> ",
  "`",
  "- restarting ",
  "if I'll push and merge, "
]

/** Of exactly that many characters each: what almost is a claim, what opens and never closes, what nests. */
export const adversarial = (length: number): ReadonlyArray<string> =>
  nearMisses.map((unit) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length))
