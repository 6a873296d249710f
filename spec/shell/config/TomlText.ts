/** Generated TOML texts whose key positions are known because they were written down while the text was made. */
import fc from "fast-check"
import type { Path, Position } from "../../../shell/config/KeyPositions.ts"

export interface KnownText {
  readonly text: string
  readonly keys: ReadonlyArray<{ readonly path: Path; readonly position: Position }>
}

type Value = "number" | "basic" | "literal" | "longBasic" | "longLiteral" | "list" | "inline" | "longInline"
type Name = "bare" | "basic" | "escaped" | "literal" | "dotted"

type Statement =
  | { readonly _tag: "Noise"; readonly line: string }
  | { readonly _tag: "Assign"; readonly name: Name; readonly value: Value; readonly indent: string }
  | { readonly _tag: "Table"; readonly name: Name; readonly isInLast: boolean }
  | { readonly _tag: "Item"; readonly isAgain: boolean }

const statement: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({
      _tag: fc.constant("Noise" as const),
      line: fc.constantFrom("", "  \t", "# [[task]]", '# a = """', "#", "   # it's \"")
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("Assign" as const),
      name: fc.constantFrom<Name>("bare", "basic", "escaped", "literal", "dotted"),
      value: fc.constantFrom<Value>(
        "number",
        "basic",
        "literal",
        "longBasic",
        "longLiteral",
        "list",
        "inline",
        "longInline"
      ),
      indent: fc.constantFrom("", "  ", "\t")
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      _tag: fc.constant("Table" as const),
      name: fc.constantFrom<Name>("bare", "basic", "escaped", "literal", "dotted"),
      isInLast: fc.boolean()
    })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Item" as const), isAgain: fc.boolean() }) }
)

class Writer {
  readonly end: string
  text = ""
  line = 1
  column = 1
  readonly keys: Array<{ readonly path: Path; readonly position: Position }> = []

  constructor(end: string) {
    this.end = end
  }

  put(text: string): void {
    const [first = "", ...more] = text.split("\n")
    this.text += [first, ...more].join(this.end)
    this.line += more.length
    this.column = more.length === 0 ? this.column + first.length : (more.at(-1) ?? "").length + 1
  }

  mark(path: Path): void {
    this.keys.push({ path, position: { line: this.line, column: this.column } })
  }

  /** Writes a key that is new in its table, and returns what it leads to. */
  name(table: Path, kind: Name, number: number): Path {
    const [written, key] = {
      bare: [`k-${number}`, `k-${number}`],
      basic: [`"k.${number} = [#]"`, `k.${number} = [#]`],
      escaped: [`"k\\t\\"${number}\\u00e9"`, `k\t"${number}\u00e9`],
      literal: [`'k\\${number}"'`, `k\\${number}"`],
      dotted: [`k${number}`, `k${number}`]
    }[kind]
    const path = [...table, key ?? ""]
    this.mark(path)
    this.put(written ?? "")
    if (kind !== "dotted") return path
    this.put(" . ")
    const inner = [...path, "in ner"]
    this.mark(inner)
    this.put("'in ner'")
    return inner
  }

  value(path: Path, kind: Value): void {
    switch (kind) {
      case "number":
        return this.put("-12.5e3")
      case "basic":
        return this.put('"# not = a \\" comment ] }"')
      case "literal":
        return this.put("'# [[task]] \\'")
      case "longBasic":
        return this.put('"""\n[[task]]\nfake = 1 # ""\\"""\nx = \\""" ""y"""""')
      case "longLiteral":
        return this.put("'''\n[fake]\nfake = 1 # ''\\\n''''")
      case "list":
        this.put("[ # ] a = 1\n  ")
        this.mark([...path, 0])
        this.put('""""x\n"""",\n\n ')
        this.mark([...path, 1])
        this.put('"]",')
        this.mark([...path, 2])
        this.put("[")
        this.mark([...path, 2, 0])
        return this.put("[]]\n]")
      case "inline":
      case "longInline":
        this.put(kind === "inline" ? "{ " : "{\n  ")
        this.mark([...path, "a"])
        this.put("a = '}\\', ")
        if (kind === "longInline") this.put("# } b = 2\n")
        this.mark([...path, "b"])
        this.put("b.")
        this.mark([...path, "b", "c"])
        this.put("c = [{")
        this.keys.push({ path: [...path, "b", "c", 0], position: { line: this.line, column: this.column - 1 } })
        this.mark([...path, "b", "c", 0, "d"])
        return this.put("d = 1}]}")
    }
  }
}

const write = (statements: ReadonlyArray<Statement>, end: string, hasMark: boolean): KnownText => {
  const writer = new Writer(end)
  let table: Path = []
  let item: Path | null = null
  let list: { readonly name: string; count: number } | null = null
  for (const [number, each] of statements.entries()) {
    switch (each._tag) {
      case "Noise":
        writer.put(each.line)
        break
      case "Assign": {
        writer.put(each.indent)
        const path = writer.name(table, each.name, number)
        writer.put(" = ")
        writer.value(path, each.value)
        writer.put(number % 2 === 0 ? "" : " # x = [")
        break
      }
      case "Table":
        writer.put("[")
        if (each.isInLast && item !== null && list !== null) writer.put(`${list.name}.`)
        table = writer.name(each.isInLast && item !== null ? item : [], each.name, number)
        writer.put("]")
        break
      case "Item":
        if (list === null || !each.isAgain) list = { name: `list${number}`, count: 0 }
        item = [list.name, list.count++]
        table = item
        writer.put("[[ ")
        if (list.count === 1) writer.mark([list.name])
        writer.mark(item)
        writer.put(`${list.name} ]] # [x`)
        break
    }
    writer.put("\n")
  }
  const mark = hasMark ? "\uFEFF" : ""
  // The byte order mark is one unit of the first line.
  const keys = writer.keys.map(({ path, position: { line, column } }) => ({
    path,
    position: { line, column: line === 1 ? column + mark.length : column }
  }))
  return { text: mark + writer.text, keys }
}

export const knownText: fc.Arbitrary<KnownText> = fc
  .tuple(fc.array(statement, { maxLength: 25 }), fc.constantFrom("\n", "\r\n"), fc.boolean())
  .map(([statements, end, hasMark]) => write(statements, end, hasMark))

/** Texts that are TOML here and there, and texts that are nothing at all. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.fullUnicodeString({ maxLength: 60 }),
  fc.string16bits({ maxLength: 30 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom("[", "]", "[[", "]]", "{", "}", ",", ".", "=", "#", "\n", "\r\n", " ", "\\", '"', "'", "\t"),
        fc.constantFrom('"""', "'''", "task", "name", "verify", "defaults", "agents", "policy", "limits", "kind"),
        fc.constantFrom("true", "1979-05-27", "1e9", "inf", "nan", "0x1f", "9999999999999999999", '"x"', "__proto__"),
        fc.constantFrom("[[task]]\n", "[agents.a]\n", 'name = "x"\n', "verify = [", "depends_on = [", "constructor")
      ),
      { maxLength: 40 }
    )
    .map((tokens) => tokens.join(""))
)
