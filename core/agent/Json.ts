/** What a line or a field holds, as far as it is JSON: total on anything a program may print. */
export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The object a line holds, or null. */
export const recordOf = (line: string): Json | null => {
  if (!line.trimStart().startsWith("{")) return null
  try {
    // What begins with a brace is an object or no JSON at all.
    const record: Json = JSON.parse(line)
    return record
  } catch {
    // Not JSON is an ordinary line of an ordinary program.
    return null
  }
}

/** The object in that field; one without fields where there is none. */
export const objectAt = (json: Json, name: string): Json => {
  const value = json[name]
  return isObject(value) ? value : {}
}

/** The text in that field that says something; null where there is none. */
export const textAt = (json: Json, name: string): string | null => {
  const value = json[name]
  return typeof value === "string" && value.trim() !== "" ? value : null
}

/** UTF-16 units. A longer id is none: ids are remembered, and a session's is handed to the program as an argument again. */
const idLength = 256

/** The id in that field; null where there is none. */
export const idAt = (json: Json, name: string): string | null => {
  const value = json[name]
  return typeof value === "string" && value.trim() !== "" && value.length <= idLength ? value : null
}

/** More of anything than there is: a program that says so is not believed. */
const absurd = 1e15

/** The number in that field that counts something; null where there is none. */
export const amountAt = (json: Json, name: string): number | null => {
  const value = json[name]
  // Minus zero is zero: a store that keeps numbers as text knows no other.
  return typeof value === "number" && value >= 0 && value < absurd ? value + 0 : null
}
