/**
 * Where each key of a TOML text stands: a scan that knows tables, arrays of tables, dotted and quoted keys, inline
 * values, strings of all four kinds and comments. It is total: on a text that is not TOML it finds what it can.
 */
import { parse } from "smol-toml"

/** Keys, and indices of items from 0, from the root of the document. */
export type Path = ReadonlyArray<string | number>

/** Both from 1; the column in UTF-16 units. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface KeyPositions {
  /** Of that key or item itself. */
  readonly exact: (path: Path) => Position | null
  /** Of that key or item, else of the nearest one around it, else the beginning of the text. */
  readonly nearest: (path: Path) => Position
}

/** As deep as smol-toml reads; what is deeper is no document. */
const deepest = 1000

/** No file of drover's has keys this deep; those below have the place of the one above. */
const deepestNoted = 32

const inside = (path: Path, part: string | number): Path => (path.length < deepestNoted ? [...path, part] : path)

const isBare = (letter: string | undefined): letter is string => letter !== undefined && /^[A-Za-z0-9_-]$/.test(letter)

interface Part {
  readonly name: string
  readonly offset: number
}

/** The name that a quoted key stands for; only one with an escape needs the parser. */
const unquote = (quoted: string): string => {
  if (quoted.startsWith("'") || !quoted.includes("\\")) return quoted.slice(1, -1)
  try {
    return Object.keys(parse(`${quoted} = 0`))[0] ?? quoted
  } catch {
    return quoted
  }
}

class Scanner {
  readonly text: string
  readonly found = new Map<string, number>()
  /** How many tables an array of tables has so far. */
  readonly tables = new Map<string, number>()
  at = 0
  /** Of the list or inline table that is being read. */
  depth = 0

  constructor(text: string) {
    this.text = text
  }

  note(path: Path, offset: number): void {
    const key = JSON.stringify(path)
    if (!this.found.has(key)) this.found.set(key, offset)
  }

  skip(pattern: RegExp): void {
    pattern.lastIndex = this.at
    if (pattern.test(this.text)) this.at = pattern.lastIndex
  }

  spaces(): void {
    this.skip(/[ \t]*/y)
  }

  /** Spaces, ends of lines and comments. */
  blank(): void {
    for (;;) {
      this.skip(/[ \t\r\n]*/y)
      if (this.text[this.at] !== "#") return
      this.skip(/[^\n]*/y)
    }
  }

  /** Past one string that begins here; false if it does not end. */
  string(): boolean {
    const quote = this.text[this.at] ?? ""
    const fence = quote.repeat(3)
    const escapes = quote === '"'
    const long = this.text.startsWith(fence, this.at)
    this.at += long ? 3 : 1
    for (; this.at < this.text.length; this.at++) {
      const letter = this.text[this.at]
      if (escapes && letter === "\\") this.at++
      else if (!long && letter === "\n") return false
      else if (letter === quote && !long) {
        this.at++
        return true
      } else if (letter === quote && this.text.startsWith(fence, this.at)) {
        this.at += 3
        // Up to two quotes more belong to the string that ends with them.
        for (let extra = 0; extra < 2 && this.text[this.at] === quote; extra++) this.at++
        return true
      }
    }
    return false
  }

  /** The parts of a dotted key; empty if there is none here. */
  key(): ReadonlyArray<Part> {
    const parts: Array<Part> = []
    for (;;) {
      this.spaces()
      const offset = this.at
      const letter = this.text[offset]
      if (letter === '"' || letter === "'") {
        if (!this.string()) return []
        parts.push({ name: unquote(this.text.slice(offset, this.at)), offset })
      } else {
        while (isBare(this.text[this.at])) this.at++
        if (this.at === offset) return []
        parts.push({ name: this.text.slice(offset, this.at), offset })
      }
      this.spaces()
      if (this.text[this.at] !== ".") return parts
      this.at++
    }
  }

  /** Past one value, the positions inside it noted; false if it is none. */
  value(path: Path): boolean {
    this.spaces()
    const letter = this.text[this.at]
    if (letter === '"' || letter === "'") return this.string()
    if (letter !== "[" && letter !== "{") {
      this.skip(/[^,\]}#\n]*/y)
      return true
    }
    this.depth++
    const isWhole = this.depth < deepest && (letter === "[" ? this.array(path) : this.inlineTable(path))
    this.depth--
    return isWhole
  }

  array(path: Path): boolean {
    this.at++
    for (let index = 0; ; index++) {
      this.blank()
      if (this.text[this.at] === "]") break
      if (this.at >= this.text.length) return false
      const item = inside(path, index)
      this.note(item, this.at)
      if (!this.value(item)) return false
      this.blank()
      if (this.text[this.at] === ",") this.at++
      else if (this.text[this.at] !== "]") return false
    }
    this.at++
    return true
  }

  inlineTable(path: Path): boolean {
    this.at++
    for (;;) {
      this.blank()
      if (this.text[this.at] === "}") break
      if (!this.assignment(path)) return false
      this.blank()
      if (this.text[this.at] === ",") this.at++
      else if (this.text[this.at] !== "}") return false
    }
    this.at++
    return true
  }

  assignment(table: Path): boolean {
    const parts = this.key()
    let path = table
    for (const part of parts) {
      path = inside(path, part.name)
      this.note(path, part.offset)
    }
    if (parts.length === 0 || this.text[this.at] !== "=") return false
    this.at++
    return this.value(path)
  }

  /** The table that a header opens. */
  header(): Path {
    const isItem = this.text.startsWith("[[", this.at)
    this.at += isItem ? 2 : 1
    let path: Path = []
    const parts = this.key()
    for (const [index, part] of parts.entries()) {
      path = inside(path, part.name)
      this.note(path, part.offset)
      const key = JSON.stringify(path)
      const count = this.tables.get(key)
      if (isItem && index === parts.length - 1) {
        this.tables.set(key, (count ?? 0) + 1)
        path = inside(path, count ?? 0)
        this.note(path, part.offset)
      } else if (count !== undefined) path = inside(path, count - 1)
    }
    return path
  }

  document(): void {
    if (this.text.startsWith("\uFEFF")) this.at++
    let table: Path = []
    for (;;) {
      this.blank()
      if (this.at >= this.text.length) return
      if (this.text[this.at] === "[") table = this.header()
      else this.assignment(table)
      this.skip(/[^\n]*/y)
    }
  }
}

/** Finds every key of a text, in time proportional to its length. */
export const scan = (text: string): KeyPositions => {
  const scanner = new Scanner(text)
  scanner.document()
  const ends = Array.from(text.matchAll(/\n/g), (end) => end.index)
  const position = (offset: number): Position => {
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((ends[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return { line: low + 1, column: offset - (low === 0 ? -1 : (ends[low - 1] ?? 0)) }
  }
  const exact = (path: Path): Position | null => {
    const offset = scanner.found.get(JSON.stringify(path))
    return offset === undefined ? null : position(offset)
  }
  const nearest = (path: Path): Position =>
    exact(path) ?? (path.length === 0 ? { line: 1, column: 1 } : nearest(path.slice(0, -1)))
  return { exact, nearest }
}
