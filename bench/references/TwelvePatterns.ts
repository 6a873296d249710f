/**
 * A claim finder as it is usually written: twelve patterns, each tried on the whole text. It knows no quotes, no
 * negation, no other subject, and finds a good deal that nobody has promised.
 */
const verbs = "relaunch|restart|redeploy|deploy|push|merge|revert|rebase|rerun|re-run|fix"
const forms =
  "relaunching|restarting|redeploying|deploying|pushing|merging|reverting|rebasing|rerunning|re-running|fixing"
const pasts = "relaunched|restarted|redeployed|deployed|pushed|merged|reverted|rebased|reran|re-ran|fixed"

const patterns: ReadonlyArray<RegExp> = [
  new RegExp(`\\bI['’]ll (?:now |just |also |quickly )?(?:${verbs})\\b`, "gi"),
  new RegExp(`\\bI will (?:now |just |also |quickly )?(?:${verbs})\\b`, "gi"),
  new RegExp(`\\bI['’]m going to (?:${verbs})\\b`, "gi"),
  new RegExp(`\\bI am (?:going|about) to (?:${verbs})\\b`, "gi"),
  new RegExp(`\\bwe['’]ll (?:${verbs})\\b`, "gi"),
  new RegExp(`\\blet me (?:now |just |also |quickly )?(?:${verbs})\\b`, "gi"),
  new RegExp(`\\bI['’]m (?:now )?(?:${forms})\\b`, "gi"),
  new RegExp(`(?:^|[.!\\n] ?)(?:${forms}) (?:it|this|that|the|now)\\b`, "gi"),
  new RegExp(`\\bI(?:['’]ve| have) (?:${pasts})\\b`, "gi"),
  new RegExp(`\\bI (?:${pasts}) (?:it|this|that|the)\\b`, "gi"),
  new RegExp(`(?:^|[.!\\n] ?)(?:${pasts}) (?:it|this|that|the)\\b`, "gi"),
  new RegExp(`\\b(?:${verbs}) (?:it|this|that|the) (?:now|next|right away|in \\d+ minutes)\\b`, "gi")
]

/** How many matches there are. */
export const count = (text: string): number => {
  let found = 0
  for (const pattern of patterns) for (const _ of text.matchAll(pattern)) found++
  return found
}
