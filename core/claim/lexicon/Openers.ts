/**
 * With what a sentence opens before it comes to its point: `OK,`, `Done —`, `On it,`.
 */

/** Followed by a comma, a dash, a colon or a semicolon. */
export const phrases: ReadonlySet<string> = new Set([
  ..."absolutely ah aha agreed alright approved confirmed cool correct done excellent fine good got great green hm hmm".split(
    " "
  ),
  ..."indeed interesting meanwhile nice next no now oh ok okay oops passed perfect progress ready right roger so".split(
    " "
  ),
  ..."solved sorry status super sure thanks then true understood update well yeah yep yes yup".split(" "),
  "after that",
  "all clear",
  "all done",
  "all good",
  "all green",
  "all right",
  "and done",
  "fair enough",
  "fair point",
  "found it",
  "good call",
  "good catch",
  "good find",
  "good idea",
  "good point",
  "got it",
  "give me a minute",
  "give me a moment",
  "give me a second",
  "hold on",
  "i see",
  "in progress",
  "in the meantime",
  "looks good",
  "makes sense",
  "my bad",
  "my mistake",
  "no problem",
  "no worries",
  "of course",
  "just a moment",
  "just a second",
  "on it",
  "one moment",
  "one sec",
  "one second",
  "sounds good",
  "sure thing",
  "tests pass",
  "thank you",
  "that makes sense",
  "to do so",
  "very well",
  "will do",
  "you're right"
])

/** Of a phrase. */
export const mostWords = 4

/** What a phrase can begin with: most sentences begin with something else. */
export const beginnings: ReadonlySet<string> = new Set([...phrases].map((phrase) => phrase.replace(/ .*/, "")))

/** Need no sign behind them. */
export const light: ReadonlySet<string> = new Set(["ok", "okay", "alright", "so", "then", "and", "now", "next"])
