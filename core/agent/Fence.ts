/**
 * The fence around a text that is shown to an agent as data.
 */

/** Longer than any run of backticks inside, so that nothing in the text can end the section. */
export const fenceFor = (text: string): string => {
  const longest = (text.match(/`+/g) ?? []).reduce((length, run) => Math.max(length, run.length), 2)
  return "`".repeat(longest + 1)
}
