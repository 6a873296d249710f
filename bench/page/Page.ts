/** The page's own text stays; what stands between two markers is made anew. */

const begin = (name: string): string => `<!-- made by npm run performance: ${name} -->`
const end = (name: string): string => `<!-- end of ${name} -->`

/** The page with that text between the markers of that name. Throws where it has none. */
export const fill = (page: string, name: string, text: string): string => {
  const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))]
  if (from < 0 || to < from) throw new Error(`the page has no place for ${name}: ${begin(name)} … ${end(name)}`)
  return `${page.slice(0, from)}${begin(name)}\n\n${text}\n\n${page.slice(to)}`
}

export const image = (alt: string, file: string): string => `![${alt}](performance/${file})`
