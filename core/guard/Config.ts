/**
 * Where a configuration says something of guards: plain data, looked up by dotted paths. What is not there, or is of
 * another type than it should be, says nothing.
 */

/** A decoded configuration, or the part of it that is about guards. Times in it are epoch milliseconds. */
export interface Config {
  readonly [key: string]: unknown
}

const isTable = (value: unknown): value is Config => typeof value === "object" && value !== null

const valueAt = (config: Config, path: string): unknown => {
  let value: unknown = config
  for (const key of path.split(".")) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

export const flagAt = (config: Config, path: string): boolean | null => {
  const value = valueAt(config, path)
  return typeof value === "boolean" ? value : null
}

/** A text that is not blank. */
export const textAt = (config: Config, path: string): string | null => {
  const value = valueAt(config, path)
  return typeof value === "string" && value.trim() !== "" ? value : null
}

export const timeAt = (config: Config, path: string): number | null => {
  const value = valueAt(config, path)
  return typeof value === "number" && Number.isFinite(value) ? value : null
}
