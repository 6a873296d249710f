/** What drover promises: the list in docs/requirements.md, read as data. */

/** Where the list stands, from the root of the repository. */
export const LIST = "docs/requirements.md"

export interface Group {
  /** `STG`. */
  readonly id: string
  /** `the stage machine`. */
  readonly title: string
  readonly promises: ReadonlyArray<Promised>
}

export interface Promised {
  /** `STG-3`. */
  readonly id: string
  readonly sentence: string
  /** Which piece of work it is planned for; null: it is kept already. */
  readonly planned: string | null
}

export interface Promises {
  readonly groups: ReadonlyArray<Group>
  /** What is wrong with the list itself, each with its line. */
  readonly errors: ReadonlyArray<string>
}

interface Growing extends Group {
  readonly promises: Array<Promised>
}

/** The promises in a text, in its order. */
export const parse = (text: string): Promises => {
  const groups: Array<Growing> = []
  const errors: Array<string> = []
  const known = new Set<string>()
  for (const [index, line] of text.split("\n").entries()) {
    const place = `${LIST}:${index + 1}`
    const heading = /^## (?<id>[A-Z]{3}) · (?<title>.+)$/.exec(line)?.groups
    if (heading !== undefined) groups.push({ id: heading.id ?? "", title: heading.title ?? "", promises: [] })
    const row = /^\|\s*(?<id>[A-Z]{3}-\d+)\s*\|(?<sentence>.*)\|(?<mark>[^|]*)\|\s*$/.exec(line)?.groups
    if (row === undefined) {
      if (/^\|?\s*[A-Z]{3}-\d/.test(line)) errors.push(`${place}: not a row of three cells`)
      continue
    }
    const { id = "", mark = "", sentence = "" } = row
    const planned = /^planned:? *(?<what>.*)$/.exec(mark.trim())?.groups?.what
    const group = groups.at(-1)
    if (known.has(id)) errors.push(`${place}: ${id} stands here twice`)
    if (mark.trim() !== "" && planned === undefined) {
      errors.push(`${place}: "${mark.trim()}" is neither empty nor planned`)
    }
    if (group === undefined || !id.startsWith(`${group.id}-`)) errors.push(`${place}: ${id} is in another group`)
    known.add(id)
    group?.promises.push({ id, sentence: sentence.trim(), planned: planned ?? null })
  }
  return { groups, errors }
}
