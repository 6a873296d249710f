/**
 * A reader of the text format, written from its description and from nothing of drover:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details. Whatever it does not know is refused.
 */

interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ReadFamily {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: ReadonlyArray<ReadSample>
}

const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const label = /^[a-zA-Z_][a-zA-Z0-9_]*/
const numeral = /^(?:NaN|[+-]Inf|[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/

const fail = (why: string, line: string): never => {
  throw new Error(`${why}: ${JSON.stringify(line)}`)
}

const unescape = (text: string, others: string): string =>
  text.replaceAll(/\\(.?)/gs, (whole, character: string) => {
    if (character === "n") return "\n"
    return character === "\\" || (character !== "" && others.includes(character)) ? character : fail("escape", whole)
  })

const numberOf = (text: string): number => {
  if (!numeral.test(text)) fail("no number", text)
  return text === "NaN" ? Number.NaN : Number(text.replace("Inf", "Infinity"))
}

const sample = (line: string): ReadSample => {
  const name = metric.exec(line)?.[0] ?? fail("no name", line)
  let rest = line.slice(name.length)
  // A label may be called `valueOf`.
  const labels = new Map<string, string>()
  if (rest.startsWith("{")) {
    rest = rest.slice(1)
    while (!rest.startsWith("}")) {
      const key = label.exec(rest)?.[0] ?? fail("no label", line)
      const value = /^="((?:[^"\\\n]|\\.)*)"(,?)/s.exec(rest.slice(key.length)) ?? fail("no value", line)
      if (labels.has(key)) fail("a label twice", line)
      labels.set(key, unescape(value[1] ?? "", '"'))
      rest = rest.slice(key.length + value[0].length)
      if (value[2] === "" && !rest.startsWith("}")) fail("no comma", line)
    }
    rest = rest.slice(1)
  }
  if (!rest.startsWith(" ")) fail("no space", line)
  return { name, labels: Object.fromEntries(labels), value: numberOf(rest.slice(1)) }
}

/** Which names the samples of a family have. */
const belongs = (family: ReadFamily, name: string): boolean =>
  family.type === "histogram"
    ? [`${family.name}_bucket`, `${family.name}_sum`, `${family.name}_count`].includes(name)
    : name === family.name

/** Throws where the text is not of the format: also for a series twice, and for a family whose lines are not together. */
export const read = (text: string): ReadonlyArray<ReadFamily> => {
  const families: Array<ReadFamily & { samples: Array<ReadSample> }> = []
  const series = new Set<string>()
  if (text !== "" && !text.endsWith("\n")) fail("no end of line", text)
  for (const line of text === "" ? [] : text.slice(0, -1).split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line) ?? []
    const last = families.at(-1)
    if (kind === "HELP") {
      if (metric.exec(name)?.[0] !== name || families.some((each) => each.name === name)) fail("a family twice", line)
      families.push({ name, help: unescape(rest, ""), type: "", samples: [] })
    } else if (kind === "TYPE") {
      if (last?.name !== name || last.type !== "" || !["counter", "gauge", "histogram"].includes(rest))
        fail("type", line)
      families[families.length - 1] = { ...(last ?? fail("no family", line)), type: rest }
    } else {
      const read = sample(line)
      const key = JSON.stringify([read.name, Object.entries(read.labels).toSorted()])
      if (last === undefined || !belongs(last, read.name)) fail("no family", line)
      if (series.has(key)) fail("a series twice", line)
      series.add(key)
      last?.samples.push(read)
    }
  }
  return families
}
