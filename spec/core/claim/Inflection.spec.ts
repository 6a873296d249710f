/** How the forms of a verb that is added are spelled. */
import { expect, it } from "vitest"
import { past, progressive } from "../../../core/claim/lexicon/Inflection.ts"

it("CLM-2 the forms of a regular verb are spelled as English does; where stress decides, both ways are known", () => {
  const rows: ReadonlyArray<readonly [base: string, progressive: string, past: string]> = [
    ["push", "pushing", "pushed"],
    ["merge", "merging", "merged"],
    ["tie", "tying", "tied"],
    ["free", "freeing", "freed"],
    ["shoe", "shoeing", "shoed"],
    ["dye", "dyeing", "dyed"],
    ["apply", "applying", "applied"],
    ["deploy", "deploying", "deployed"],
    ["stop", "stopping", "stopped"],
    ["ship", "shipping", "shipped"],
    ["hot-swap", "hot-swapping", "hot-swapped"],
    ["re-up", "re-upping", "re-upped"],
    ["up", "upping", "upped"],
    ["mix", "mixing", "mixed"],
    ["show", "showing", "showed"],
    ["ax", "axing", "axed"],
    ["do", "doing", "doed"],
    ["fix", "fixing", "fixed"],
    ["sync", "syncing", "synced"],
    ["clean", "cleaning", "cleaned"],
    ["visit", "visiting visitting", "visited visitted"],
    ["commit", "commiting committing", "commited committed"],
    ["be", "being", "bed"],
    ["key", "keying", "keyed"],
    ["typeset", "typeseting typesetting", "typeseted typesetted"],
    ["yyp", "yyping", "yyped"],
    ["py", "pying", "pied"],
    ["myth", "mything", "mythed"]
  ]
  for (const [base, doing, done] of rows) {
    expect([base, progressive(base).join(" "), past(base).join(" ")]).toEqual([base, doing, done])
  }
})
