/** docs/properties.md: what drover promises, and under each promise the sentences that its specs prove. */
import { anchor, capitalised, document, list, plain } from "./Markdown.ts"
import type { Group, Promised } from "./Promises.ts"
import type { Sentence } from "./Sentences.ts"

const preface = `# What drover promises

Every promise has an id and a sentence, and below it stands what the specs prove of it: properties, which hold for
whatever can be generated, before examples. Each of these lines is the title of a spec, so it is as true as the last run
of \`npm test\`, and the title is found in the file that is named after it. What is planned is not kept yet.

The promises are written down in [requirements.md](requirements.md), the machines that many of them are about are drawn
in [state-machines.md](state-machines.md). This page is made by \`npm run docs\`.`

/** Every sentence once, with all files that prove it: a suite that two layers share is told in both. */
const filesOf = (sentences: ReadonlyArray<Sentence>): ReadonlyMap<string, ReadonlySet<string>> => {
  const files = new Map<string, Set<string>>()
  for (const { file, text } of sentences) files.set(text, (files.get(text) ?? new Set()).add(file))
  return files
}

const link = (file: string): string => `[${file.replace(/^spec\//, "").replace(/\.spec\.ts$/, "")}](../${file})`

const told = ({ id, planned, sentence }: Promised, sentences: ReadonlyArray<Sentence>): ReadonlyArray<string> => {
  const proofs = [...filesOf(sentences.filter((each) => each.id === id))]
  return [
    `### ${id}`,
    `**${sentence}**`,
    planned === null ? "" : `_Planned${planned === "" ? "" : `: ${planned}`}._`,
    list(proofs.map(([text, files]) => `${plain(text)} (${[...files].map(link).join(", ")})`))
  ]
}

const entry = ({ promises, title }: Group): string => {
  const kept = promises.filter(({ planned }) => planned === null).length
  const ids = promises.map(({ id }) => id)
  const range = ids.length === 1 ? ids[0] : `${ids[0]} to ${ids.at(-1)}`
  return `[${capitalised(title)}](${anchor(title)}): ${range}, ${kept} of ${ids.length} kept`
}

/** The page. What names no promise of the list is left out: that is `npm run requirements`' business. */
export const render = (groups: ReadonlyArray<Group>, sentences: ReadonlyArray<Sentence>): string =>
  document([
    preface,
    list(groups.map(entry)),
    ...groups.flatMap(({ promises, title }) => [
      `## ${capitalised(title)}`,
      ...promises.flatMap((promise) => told(promise, sentences))
    ])
  ])
