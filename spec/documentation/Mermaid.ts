/** State diagrams of Mermaid, which GitHub draws. */

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly label: string
}

/** A name of Mermaid for any text: `_` and letters alone. */
const nameOf = (text: string): string => text.replaceAll(/\W+/g, "_")

/** A state with that text; it has its own name where the text is one word. */
const declared = (text: string): ReadonlyArray<string> =>
  /^\w+$/.test(text) ? [] : [`state "${text}" as ${nameOf(text)}`]

/** One line for every pair of states, with all that leads from one to the other. */
const lines = (arrows: ReadonlyArray<Arrow>): ReadonlyArray<string> => {
  const labels = new Map<string, Set<string>>()
  for (const { from, label, to } of arrows) {
    const pair = `${nameOf(from)} --> ${nameOf(to)}`
    labels.set(pair, (labels.get(pair) ?? new Set()).add(label))
  }
  return [...labels].map(([pair, each]) => `${pair}: ${[...each].join("<br/>")}`)
}

/** A diagram as a block of Markdown. `start`: the states where it begins. */
export const diagram = (arrows: ReadonlyArray<Arrow>, start: ReadonlyArray<string> = []): string => {
  const states = new Set(arrows.flatMap(({ from, to }) => [from, to]))
  const body = [...[...states].flatMap(declared), ...start.map((state) => `[*] --> ${nameOf(state)}`), ...lines(arrows)]
  return ["```mermaid", "stateDiagram-v2", ...body.map((line) => `    ${line}`), "```"].join("\n")
}
