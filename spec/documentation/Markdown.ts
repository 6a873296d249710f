/** Pieces of Markdown. */

/** The text, with what Markdown would take for more than text made harmless. */
export const plain = (text: string): string => text.replaceAll(/[\\`*_<>[\]|]/g, String.raw`\$&`)

/** A table of texts; their own Markdown counts. */
export const table = (header: ReadonlyArray<string>, lines: ReadonlyArray<ReadonlyArray<string>>): string =>
  [header, header.map(() => "---"), ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n")

export const list = (items: ReadonlyArray<string>): string => items.map((item) => `- ${item}`).join("\n")

/** The blocks of a document, one below the other. */
export const document = (blocks: ReadonlyArray<string>): string =>
  `${blocks.filter((each) => each !== "").join("\n\n")}\n`

/** Where a heading of GitHub's Markdown can be jumped to. */
export const anchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-")}`

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
